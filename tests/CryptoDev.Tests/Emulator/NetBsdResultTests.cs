using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.NetBsd;
using Table = CryptoDev.Dialects.NetBsdTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>When the results of many-at-once calls are there, in which order, and what a fetch that fails leaves.</summary>
public sealed class NetBsdResultTests : IDisposable
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly DevCryptoEmulatorOptions s_options = new DevCryptoEmulatorOptions
    {
        Dialect = DialectInfo.NetBsd,
        Policy = DriverPolicy.SoftwareOnly,
    }.AllowingSoftware();

    private readonly EmulatedClient _client = new(s_options);

    private ForeignProcess Process => _client.Process;

    public void Dispose() => _client.Dispose();

    /// <summary>A software driver runs a request in the thread of the ioctl, so there is nothing to wait for.</summary>
    [Fact]
    public void A_result_of_software_is_there_when_the_call_returns()
    {
        crypt_n_op good = Element(CRYPTO_AES_CBC, 4096);
        for (int i = 0; i < 300; i++)
        {
            crypt_result result = new() { reqid = Start(good)[0].reqid, status = 99 };
            Fetch(ref result).Should().Be(0, "call {0}", i);
            result.status.Should().Be(0);
        }
    }

    [Fact]
    public void Results_of_software_come_in_the_order_of_submission()
    {
        crypt_n_op good = new()
        {
            ses = NetBsdEmulatorTests.Open(_client, 0, null, CRYPTO_SHA1, 0),
            src = Process.Map(262140),
            mac = Process.Map(20),
        };
        nint room = Process.Map(16 * 8);
        CancellationToken doesNotWait = new(canceled: true);
        for (int round = 0; round < 50; round++)
        {
            // The longest first: on workers a later one would end before it.
            Start([.. Enumerable.Range(0, 8).Select(i => good with { len = i == 0 ? 262140u : 1, opaque = i })]);
            cryptret ret = new() { count = 8, results = room };
            _client.Ioctl(Table.CIOCNCRYPTRETM, Table.Cryptret, ref ret, doesNotWait).Should().Be(0);
            ret.count.Should().Be(8);
            NetBsdManyTests.Get(_client, Table.CryptResult, room, 8).Select(one => (int)one.opaque).Should().Equal(Enumerable.Range(0, 8));
        }
    }

    [Fact]
    public void A_batch_is_left_to_a_worker_and_comes_too()
    {
        crypt_n_op good = Element(CRYPTO_AES_CBC, 4096);
        crypt_n_op started = Start(good with { flags = COP_F_BATCH, opaque = 5 })[0];
        NetBsdManyTests.Await(_client, started.reqid).opaque.Should().Be(5);
    }

    [Fact]
    public void The_first_request_has_the_id_2() => Start(Element(CRYPTO_AES_CBC, 64))[0].reqid.Should().Be(2);

    /// <summary>The array is read before any result is taken.</summary>
    [Fact]
    public void A_fetch_into_a_bad_array_takes_nothing()
    {
        crypt_n_op good = Element(CRYPTO_AES_CBC, 64);
        Start(good with { opaque = 1 }, good with { opaque = 2 });
        cryptret ret = new() { count = 2, results = 0x99 };
        FetchMany(ref ret).Should().Be(LibC.EFAULT);
        ret = new() { count = 3, results = Process.Map(2 * 16) };
        FetchMany(ref ret).Should().Be(LibC.EFAULT, "the array is shorter than the count");
        _client.Device.Statistics.RequestsInFlight.Should().Be(2);

        byte[] before = [.. Enumerable.Repeat((byte)0xA5, 4 * 16)];
        nint room = Process.Map(before);
        ret = new() { count = 4, results = room };
        FetchMany(ref ret).Should().Be(0);
        ret.count.Should().Be(2);
        NetBsdManyTests.Get(_client, Table.CryptResult, room, 2).Select(one => one.opaque).Should().Equal(1, 2);
        Process.Read(room, 64)[32..].Should().OnlyContain(value => value == 0xA5, "what is not filled keeps what the caller had there");
    }

    [Fact]
    public void The_result_of_a_freed_session_is_lost()
    {
        nint result = Process.Map(64);
        crypt_n_op good = Element(CRYPTO_AES_CBC, 64) with { dst = result };
        crypt_n_op[] started = Start(good with { opaque = 7 }, Element(CRYPTO_AES_CBC, 64) with { opaque = 8 });
        _client.Ioctl(Table.CIOCFSESSION, ref good.ses).Should().Be(0);
        crypt_result lost = new() { reqid = started[0].reqid };
        Fetch(ref lost).Should().Be(0);
        lost.status.Should().Be(LibC.EINVAL);
        lost.opaque.Should().Be(7);
        Process.Read(result, 64).Should().OnlyContain(value => value == 0);
        crypt_result kept = new() { reqid = started[1].reqid };
        Fetch(ref kept).Should().Be(0);
        kept.status.Should().Be(0);
        kept.opaque.Should().Be(8);
    }

    /// <summary>An element is good if its operation is known and has the right numbers of operands.</summary>
    [Fact]
    public void Key_operations_of_which_none_is_good_fail_the_call()
    {
        crypt_n_kop unknown = new()
        {
            crk_op = 99,
            crk_iparams = 3,
            crk_oparams = 1,
            crk_status = 77,
            crk_reqid = 88,
        };
        crypt_n_kop count = unknown with { crk_op = CRK_MOD_EXP, crk_iparams = 2 };
        crypt_n_kop many = unknown with { crk_iparams = 8 };
        StartKeys([unknown, count], out crypt_n_kop[] after).Should().Be(LibC.EINVAL);
        after.Should().OnlyContain(one => one.crk_status == 77 && one.crk_reqid == 88, "the array is not written");
        StartKeys([unknown, many], out after).Should().Be(LibC.EFBIG);
        after.Should().OnlyContain(one => one.crk_status == 77);

        crypt_n_kop good = unknown with { crk_op = CRK_MOD_EXP };
        for (int i = 0; i < 4; i++)
        {
            good.crk_param[i] = new crparam { crp_p = 0x99, crp_nbits = 16 };
        }

        StartKeys([unknown, good], out after).Should().Be(0, "one is good, though its operands cannot be read");
        after.Select(one => one.crk_status).Should().Equal(LibC.EINVAL, LibC.EFAULT);
    }

    private crypt_n_op Element(uint cipher, int length)
    {
        nint data = Process.Map(length);
        return new crypt_n_op
        {
            ses = NetBsdEmulatorTests.Open(_client, cipher, s_key),
            op = COP_ENCRYPT,
            len = (uint)length,
            src = data,
            dst = data,
            iv = Process.Map(16),
        };
    }

    /// <summary>Starts operations that must be accepted.</summary>
    private crypt_n_op[] Start(params crypt_n_op[] elements)
    {
        nint array = NetBsdManyTests.Put(_client, Table.CryptNOp, elements);
        crypt_mop op = new() { count = (nuint)elements.Length, reqs = array };
        _client.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref op).Should().Be(0);
        crypt_n_op[] started = NetBsdManyTests.Get(_client, Table.CryptNOp, array, elements.Length);
        started.Should().OnlyContain(one => one.status == 0);
        return started;
    }

    private int StartKeys(crypt_n_kop[] elements, out crypt_n_kop[] after)
    {
        nint array = NetBsdManyTests.Put(_client, Table.CryptNKop, elements);
        crypt_mkop op = new() { count = (nuint)elements.Length, reqs = array };
        int error = _client.Ioctl(Table.CIOCNFKEYM, Table.CryptMkop, ref op);
        after = NetBsdManyTests.Get(_client, Table.CryptNKop, array, elements.Length);
        return error;
    }

    private int Fetch(ref crypt_result result) => _client.Ioctl(Table.CIOCNCRYPTRET, Table.CryptResult, ref result);

    private int FetchMany(ref cryptret ret) => _client.Ioctl(Table.CIOCNCRYPTRETM, Table.Cryptret, ref ret);
}
