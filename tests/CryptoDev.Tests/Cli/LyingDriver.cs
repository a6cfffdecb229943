using CryptoDev.Drivers;
using CryptoDev.Drivers.Software;

namespace CryptoDev.Tests.Cli;

/// <summary>The software driver with one fault, to see that check finds it, or with a limit, to see that check keeps it.</summary>
internal sealed class LyingDriver(string lie) : ICryptoDriver
{
    public DriverInfo Info { get; } = new() { Name = "liar", Kind = DriverKind.Hardware };

    public RungAvailability Availability => new("liar", true, null, null);

    public IReadOnlyList<string> Notes => [];

    public IReadOnlyList<DriverInfo> Members => [];

    public DriverVerdict Probe(SessionParameters parameters) => SoftwareDriver.Instance.Probe(parameters);

    public DriverSession OpenSession(SessionParameters parameters) =>
        new LyingSession(SoftwareDriver.Instance.OpenSession(parameters), lie);

    public ICryptoDriver? Pin(string member) => null;

    private sealed class LyingSession(DriverSession inner, string lie) : DriverSession
    {
        private const int Long = 100;
        private const int Room = 1000;
        private int _count;

        public override SessionDriver Driver { get; } = new() { Name = "liar", Kind = DriverKind.Hardware };

        public override long MaxMessageLength => lie == "has little room for both" ? Room : inner.MaxMessageLength;

        public override SessionStatistics Statistics => inner.Statistics;

        public override int Process(in CryptOp op)
        {
            if (lie == "has little room for both" && op.Source.Length + op.AssociatedData.Length > Room)
            {
                throw new ArgumentException("Associated data and message are too long together.");
            }

            int written = inner.Process(in op);
            switch (lie)
            {
                case "flips a bit of long messages" when op.Source.Length > Long:
                case "flips a bit of every message":
                    Span<byte> result = op.Destination.IsEmpty ? op.Tag : op.Destination;
                    result[result.Length / 2] ^= 1;
                    return written;
                case "accepts every tag" when written == TagMismatch:
                    return op.Source.Length;
                case "says it wrote less" when op.Source.Length > Long:
                    return written - 1;
                case "fails now and then" when ++_count % 5 == 0:
                    throw new CryptoDevException(5, "liar", "process", "the card is on fire.");
                default:
                    return written;
            }
        }

        public override DigestState BeginDigest() => inner.BeginDigest();

        public override void Dispose() => inner.Dispose();
    }
}
