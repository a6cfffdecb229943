using CryptoDev.Drivers;

namespace CryptoDev.Tests.Framework;

/// <summary>A driver that does what a test tells it to and counts what it was asked.</summary>
internal sealed class FakeDriver(string name) : ICryptoDriver
{
    public DriverKind Kind { get; init; } = DriverKind.Generic;

    public bool InProcess { get; init; }

    /// <summary>Null: accepts.</summary>
    public string? Refusal { get; init; }

    /// <summary>What the machine answered when it refused; 0: it was not asked.</summary>
    public int RefusalErrno { get; init; }

    /// <summary>Says yes when probed and fails when opened.</summary>
    public bool Vanishes { get; init; }

    /// <summary>How it fails then.</summary>
    public int OpenErrno { get; init; } = 19;

    /// <summary>What its sessions throw when they are given an operation; null: nothing.</summary>
    public Func<FakeSession, Exception?>? Fails { get; init; }

    /// <summary>The transform whose opening fails, counted from 1; 0: none.</summary>
    public int FailingOpen { get; init; }

    public bool Composes { get; init; }

    public long MaxMessageLength { get; init; } = 1 << 20;

    /// <summary>Null: as long as a message.</summary>
    public long? MaxAssociatedDataLength { get; init; }

    /// <summary>Null: as long as a message.</summary>
    public long? MaxTotalLength { get; init; }

    public FakeDriver? Member { get; init; }

    public List<FakeSession> Opened { get; } = [];

    public int Probes { get; private set; }

    public DriverInfo Info =>
        new()
        {
            Name = name,
            Kind = Kind,
            IsInProcess = InProcess,
        };

    public RungAvailability Availability => new(name, Refusal is null, Refusal, null);

    public IReadOnlyList<string> Notes => [$"note of {name}"];

    public IReadOnlyList<DriverInfo> Members => Member is null ? [] : [Member.Info];

    public DriverVerdict Probe(SessionParameters parameters)
    {
        Probes++;
        if (Composes && parameters.Transforms.Count > 1)
        {
            return DriverVerdict.Compose;
        }

        return Refusal is null ? DriverVerdict.Yes(Kind, MaxMessageLength) : DriverVerdict.No(Refusal, "a cure", RefusalErrno);
    }

    public DriverSession OpenSession(SessionParameters parameters)
    {
        if (Vanishes || Opened.Count + 1 == FailingOpen)
        {
            throw new CryptoDevException(OpenErrno, name, "open", "it is gone.");
        }

        FakeSession session = new(name, Kind, MaxMessageLength)
        {
            Fails = Fails,
            MostAssociatedData = MaxAssociatedDataLength,
            MostTogether = MaxTotalLength,
        };
        Opened.Add(session);
        return session;
    }

    public ICryptoDriver? Pin(string member) => Member?.Info.Name.EndsWith(":" + member, StringComparison.Ordinal) == true ? Member : null;
}

/// <summary>A session whose cipher adds one to every byte, whose MAC is the sum of the bytes, and which remembers.</summary>
internal sealed class FakeSession(string name = "fake", DriverKind kind = DriverKind.Generic, long maxMessageLength = 1 << 20)
    : DriverSession
{
    public int Processed { get; private set; }

    public int Disposals { get; private set; }

    public List<byte[]> Ivs { get; } = [];

    /// <summary>The tag is said to be wrong.</summary>
    public bool TagIsWrong { get; set; }

    /// <summary>Thrown instead of a result; it may have written something before.</summary>
    public Func<FakeSession, Exception?>? Fails { get; init; }

    public int Failures { get; private set; }

    public long Bytes { get; private set; }

    public override SessionDriver Driver { get; } = new() { Name = name, Kind = kind };

    public override long MaxMessageLength => maxMessageLength;

    /// <summary>Null: as long as a message.</summary>
    public long? MostAssociatedData { get; init; }

    /// <summary>Null: as long as a message.</summary>
    public long? MostTogether { get; init; }

    public override long MaxAssociatedDataLength => MostAssociatedData ?? maxMessageLength;

    public override long MaxTotalLength => MostTogether ?? maxMessageLength;

    public override SessionStatistics Statistics => new(Processed, Bytes, Failures);

    public override int Process(in CryptOp op)
    {
        if (Fails?.Invoke(this) is { } error)
        {
            // As a kernel may leave it.
            op.Destination.Fill(0xEE);
            Failures++;
            throw error;
        }

        Processed++;
        Bytes += op.Source.Length;
        Ivs.Add(op.Iv.Span.ToArray());
        if (op.TagAction == TagAction.Compute && op.Destination.IsEmpty)
        {
            op.Tag.Fill((byte)(Sum(op.AssociatedData) + Sum(op.Source)));
            return op.Tag.Length;
        }

        int step = op.Direction == CryptDirection.Encrypt ? 1 : -1;
        for (int i = 0; i < op.Source.Length; i++)
        {
            op.Destination[i] = (byte)(op.Source.Span[i] + step);
        }

        return TagIsWrong ? TagMismatch : op.Source.Length;
    }

    public override DigestState BeginDigest() => throw new InvalidOperationException("The fake has no running digest.");

    public override void Dispose() => Disposals++;

    private static int Sum(ReadOnlySpan<byte> bytes)
    {
        int sum = 0;
        foreach (byte one in bytes)
        {
            sum += one;
        }

        return sum;
    }
}
