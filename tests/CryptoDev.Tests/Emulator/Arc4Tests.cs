using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Emulator;

/// <summary>ARC4 in the emulated BSDs: refused unless told otherwise, and then with one of the two key streams that cards had.</summary>
public sealed class Arc4Tests
{
    private const uint Arc4 = 12;

    /// <summary>RFC 6229 section 2: the key stream of a 40-bit key at offsets 0 and 16.</summary>
    private static readonly byte[] s_key = Convert.FromHexString("0102030405");

    private static readonly byte[] s_first = Convert.FromHexString("B2396305F03DC027CCC3524A0A1118A8");
    private static readonly byte[] s_second = Convert.FromHexString("6982944F18FC82D589C403A47A0D0919");

    public static TheoryData<string> Forms => ["netbsd 10", "openbsd 2002", "openbsd 2014", "freebsd 12"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void It_is_refused_as_on_a_machine_without_a_card(string form)
    {
        using Program program = new(form, Arc4KeyStream.Refused);
        program.Open(out _).Should().Be(LibC.EINVAL);
        program.Open(out _, key: 0x99).Should().Be(LibC.EFAULT, "the key is copied in before a driver is looked for");
        program.Open(out _, mac: form == "openbsd 2014" ? 0 : 14u).Should().Be(LibC.EINVAL, "with a hash too");
        program.Client.Device.Statistics.OpenSessions.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void It_restarts_at_each_operation_where_that_is_asked_for(string form)
    {
        using Program program = new(form, Arc4KeyStream.Restart);
        program.Open(out uint session).Should().Be(0);
        program.Crypt(session, encrypt: true, 16).Should().Equal(s_first);
        program.Crypt(session, encrypt: true, 16).Should().Equal(s_first);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void It_goes_on_in_the_session_where_that_is_asked_for(string form)
    {
        using Program program = new(form, Arc4KeyStream.Continue);
        program.Open(out uint session).Should().Be(0);
        program.Open(out uint other).Should().Be(0);
        program.Crypt(session, encrypt: true, 5).Should().Equal(s_first[..5]);
        program.Crypt(session, encrypt: false, 11).Should().Equal(s_first[5..], "there is one stream for both directions");
        program.Crypt(other, encrypt: true, 16).Should().Equal(s_first, "each session has its own");
        program.Crypt(session, encrypt: true, 16).Should().Equal(s_second);
    }

    /// <summary>Threads on one session each get a piece of the stream, and no piece twice.</summary>
    [Fact]
    public async Task No_two_operations_get_the_same_bytes_of_the_stream()
    {
        using Program program = new("netbsd 10", Arc4KeyStream.Continue);
        program.Open(out uint session).Should().Be(0);
        byte[][] pieces = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(_ => Task.Run(() => program.Crypt(session, encrypt: true, 16)))
        );
        pieces.Select(Convert.ToHexString).Should().OnlyHaveUniqueItems().And.Contain(Convert.ToHexString(s_first));
    }

    [Theory]
    [InlineData("cryptodev-linux")]
    [InlineData("freebsd 13")]
    [InlineData("freebsd 14")]
    public void A_release_without_it_takes_no_such_option(string form) =>
        FluentActions
            .Invoking(() => new Program(form, Arc4KeyStream.Restart))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage($"Arc4 is not for {form}: it has no ARC4.*")
            .WithParameterName(nameof(DevCryptoEmulatorOptions.Arc4));

    /// <summary>A program of any BSD. Their classic structs have the same layout, but for NetBSD's.</summary>
    private sealed class Program : IDisposable
    {
        private readonly EmulatedClient _raw;
        private readonly bool _isNetBsd;

        public Program(string form, Arc4KeyStream arc4)
        {
            DialectInfo dialect = form == "cryptodev-linux" ? DialectInfo.CryptodevLinux : DialectInfo.Parse(form.Split(' ')[0]);
            _isNetBsd = dialect == DialectInfo.NetBsd;
            _raw = new EmulatedClient(
                new DevCryptoEmulatorOptions
                {
                    Dialect = dialect,
                    Form = form,
                    Policy = DriverPolicy.SoftwareOnly,
                    Arc4 = arc4,
                }.AllowingSoftware()
            );
            uint number = 0;
            if (!_isNetBsd)
            {
                _raw.Ioctl(OpenBsdTable.CRIOGET, ref number).Should().Be(0);
            }

            Client = _isNetBsd ? _raw : _raw.With(_raw.Process.Descriptors[0]);
        }

        public EmulatedClient Client { get; }

        public int Open(out uint session, nint key = 0, uint mac = 0)
        {
            key = key != 0 ? key : Client.Process.Map([.. s_key]);
            if (_isNetBsd)
            {
                NetBsd.session_op net = new()
                {
                    cipher = Arc4,
                    mac = mac,
                    keylen = 5,
                    key = key,
                };
                int result = Client.Ioctl(NetBsdTable.CIOCGSESSION, NetBsdTable.SessionOp, ref net);
                session = net.ses;
                return result;
            }

            // FreeBSD's CIOCGSESSION means hardware, so its programs choose by CIOCGSESSION2.
            if (Client.Device.Options.Dialect == DialectInfo.FreeBsd)
            {
                FreeBsd.session2_op free = new()
                {
                    cipher = Arc4,
                    mac = mac,
                    keylen = 5,
                    key = key,
                    crid = FreeBsd.CRYPTO_FLAG_SOFTWARE,
                };
                int result = Client.Ioctl(FreeBsdTable.CIOCGSESSION2, FreeBsdTable.Session2Op, ref free);
                session = free.ses;
                return result;
            }

            OpenBsd.session_op open = new()
            {
                cipher = Arc4,
                mac = mac,
                keylen = 5,
                key = key,
            };
            int made = Client.Ioctl(OpenBsdTable.CIOCGSESSION, OpenBsdTable.SessionOp, ref open);
            session = open.ses;
            return made;
        }

        /// <summary>What an operation makes of zeros: its key stream.</summary>
        public byte[] Crypt(uint session, bool encrypt, uint length)
        {
            ushort op = encrypt ? OpenBsd.COP_ENCRYPT : OpenBsd.COP_DECRYPT;
            nint data = Client.Process.Map((int)length);
            int result;
            if (_isNetBsd)
            {
                NetBsd.crypt_op net = new()
                {
                    ses = session,
                    op = op,
                    len = length,
                    src = data,
                    dst = data,
                };
                result = Client.Ioctl(NetBsdTable.CIOCCRYPT, NetBsdTable.CryptOp, ref net);
            }
            else
            {
                OpenBsd.crypt_op open = new()
                {
                    ses = session,
                    op = op,
                    len = length,
                    src = data,
                    dst = data,
                };
                result = Client.Ioctl(OpenBsdTable.CIOCCRYPT, OpenBsdTable.CryptOp, ref open);
            }

            result.Should().Be(0);
            return Client.Process.Read(data, (int)length);
        }

        public void Dispose() => _raw.Dispose();
    }
}
