using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;
using static CryptoDev.Ioctl.NetBsd;
using Table = CryptoDev.Dialects.NetBsdTable;

namespace CryptoDev.Tests.Emulator;

/// <summary>NetBSD's many-at-once calls: a status for each element, results where and when they are fetched.</summary>
public sealed class NetBsdManyTests : IDisposable
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] s_message = [.. Enumerable.Range(0, 64).Select(i => (byte)(i * 3))];
    private static readonly DevCryptoEmulatorOptions s_options = new DevCryptoEmulatorOptions
    {
        Dialect = DialectInfo.NetBsd,
        Policy = DriverPolicy.SoftwareOnly,
    }.AllowingSoftware();

    private readonly EmulatedClient _client = new(s_options);

    private ForeignProcess Process => _client.Process;

    public void Dispose() => _client.Dispose();

    [Fact]
    public void Sessions_are_made_and_freed_many_at_once()
    {
        session_n_op good = new()
        {
            cipher = CRYPTO_AES_CBC,
            key = Process.Map(s_key),
            keylen = 16,
        };
        session_n_op[] all = [good, good with { keylen = 15 }, good with { key = 0x99 }, new() { comp_alg = CRYPTO_GZIP_COMP, status = 7 }];
        nint array = Put(Table.SessionNOp, all);
        crypt_sgop op = new() { count = 4, sessions = array };
        _client.Ioctl(Table.CIOCNGSESSION, Table.CryptSgop, ref op).Should().Be(0);
        session_n_op[] made = Get(Table.SessionNOp, array, 4);
        made.Select(one => one.status).Should().Equal(0, LibC.EINVAL, LibC.EFAULT, 0);
        made.Select(one => one.ses).Should().Equal(1u, 0u, 0u, 2u);
        _client.Device.Statistics.OpenSessions.Should().Be(2);

        crypt_sfop free = new() { count = 3, sesid = Process.Map([1, 0, 0, 0, 77, 0, 0, 0, 2, 0, 0, 0]) };
        _client.Ioctl(Table.CIOCNFSESSION, Table.CryptSfop, ref free).Should().Be(0, "unknown ones are skipped");
        _client.Device.Statistics.OpenSessions.Should().Be(0);
    }

    [Theory]
    [InlineData(WordSize.LP64)]
    [InlineData(WordSize.ILP32)]
    public void Operations_run_at_once_and_are_fetched_one_by_one(WordSize wordSize)
    {
        using EmulatedClient client = new(s_options, wordSize);
        uint session = NetBsdEmulatorTests.Open(client, CRYPTO_AES_CBC, s_key, CRYPTO_SHA1_HMAC, 20);
        nint iv = client.Process.Map(16);
        nint[] results = [client.Process.Map(64), client.Process.Map(64)];
        crypt_n_op good = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 64,
            src = client.Process.Map(s_message),
            iv = iv,
            mac = client.Process.Map(20),
        };
        crypt_n_op[] all =
        [
            good with
            {
                dst = results[0],
                opaque = 0x1111,
            },
            good with
            {
                ses = 99,
            },
            good with
            {
                dst = results[1],
                opaque = 0x2222,
            },
        ];
        nint array = Put(client, Table.CryptNOp, all);
        crypt_mop op = new() { count = 3, reqs = array };
        client.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref op).Should().Be(0);
        crypt_n_op[] started = Get(client, Table.CryptNOp, array, 3);
        started.Select(one => one.status).Should().Equal(0, LibC.EINVAL, 0);
        started[0].reqid.Should().NotBe(started[2].reqid).And.NotBe(0);
        client.Process.Read(results[0], 64).Should().Equal(new byte[64], "results come when they are fetched");

        foreach ((int index, nint cookie) in new[] { (2, (nint)0x2222), (0, (nint)0x1111) })
        {
            crypt_result result = Await(client, started[index].reqid);
            result.status.Should().Be(0);
            result.opaque.Should().Be(cookie);
            client.Process.Read(results[index == 0 ? 0 : 1], 64).Should().Equal(NetBsdEmulatorTests.Cbc(s_message, new byte[16]));
        }

        crypt_result gone = new() { reqid = started[0].reqid };
        client
            .Ioctl(Table.CIOCNCRYPTRET, Table.CryptResult, ref gone)
            .Should()
            .Be(LibC.EINPROGRESS, "a request that nobody knows looks unfinished");
        client.Device.Statistics.RequestsInFlight.Should().Be(0);
        client.Device.Statistics.BytesInFlight.Should().Be(0);
    }

    [Fact]
    public void Elements_with_mistakes_have_their_status()
    {
        uint cbc = NetBsdEmulatorTests.Open(_client, CRYPTO_AES_CBC, s_key);
        nint data = Process.Map(262144);
        crypt_n_op good = new()
        {
            ses = cbc,
            op = COP_ENCRYPT,
            len = 32,
            src = data,
            dst = data,
            iv = data,
        };
        (crypt_n_op Element, int Status)[] cases =
        [
            (good, 0),
            (good with { len = 262144 }, LibC.EINVAL),
            (good with { len = 31 }, LibC.EINVAL),
            (good with { src = 0x99 }, LibC.EINVAL),
            (good with { mac = data }, LibC.EINVAL),
            (good with { iv = 0x99 }, LibC.EINVAL),
            (good with { dst = 0x99 }, 0),
        ];
        nint array = Put(Table.CryptNOp, [.. cases.Select(one => one.Element)]);
        crypt_mop op = new() { count = (nuint)cases.Length, reqs = array };
        _client.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref op).Should().Be(0);
        crypt_n_op[] started = Get(Table.CryptNOp, array, cases.Length);
        started.Select(one => one.status).Should().Equal(cases.Select(one => one.Status));
        Await(_client, started[0].reqid).status.Should().Be(0);
        Await(_client, started[6].reqid).status.Should().Be(LibC.EFAULT, "it shows where it is copied out");
    }

    /// <summary>
    /// Where r1.84 spins in the kernel until enough results have come, ours waits while any can come and gives those there are.
    /// </summary>
    [Fact]
    public void Fetching_many_waits_for_those_that_run_and_no_longer()
    {
        uint session = NetBsdEmulatorTests.Open(_client, CRYPTO_AES_CBC, s_key);
        nint data = Process.Map(4096);
        crypt_n_op good = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            flags = COP_F_BATCH,
            len = 4096,
            src = data,
            dst = data,
            iv = data,
        };
        crypt_mop op = new() { count = 20, reqs = Put(Table.CryptNOp, [.. Enumerable.Range(0, 20).Select(i => good with { opaque = i })]) };
        _client.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref op).Should().Be(0);
        nint room = Process.Map(16 * 32);
        cryptret ret = new() { count = 32, results = room };
        _client.Ioctl(Table.CIOCNCRYPTRETM, Table.Cryptret, ref ret).Should().Be(0);
        ret.count.Should().Be(20);
        Get(Table.CryptResult, room, 20).Select(one => (int)one.opaque).Should().BeEquivalentTo(Enumerable.Range(0, 20));
        _client.Ioctl(Table.CIOCNCRYPTRETM, Table.Cryptret, ref ret).Should().Be(0);
        ret.count.Should().Be(0);
    }

    [Fact]
    public void A_waiting_fetch_can_be_interrupted_and_loses_nothing()
    {
        using CancellationTokenSource interrupt = new();
        interrupt.Cancel();
        uint session = NetBsdEmulatorTests.Open(_client, 0, null, CRYPTO_SHA1, 0);
        nint data = Process.Map(262140);
        crypt_n_op good = new()
        {
            ses = session,
            flags = COP_F_BATCH,
            len = 262140,
            src = data,
            mac = data,
        };
        nint array = Put(Table.CryptNOp, [good, good, good, good]);
        crypt_mop op = new() { count = 4, reqs = array };
        _client.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref op).Should().Be(0);
        cryptret ret = new() { count = 4, results = Process.Map(64) };
        int first = _client.Ioctl(Table.CIOCNCRYPTRETM, Table.Cryptret, ref ret, interrupt.Token);
        int got = first == 0 ? (int)ret.count : 0;
        first.Should().BeOneOf(0, LibC.EINTR);
        ret.count = 4;
        _client.Ioctl(Table.CIOCNCRYPTRETM, Table.Cryptret, ref ret).Should().Be(0);
        ((int)ret.count + got).Should().Be(4);
    }

    [Fact]
    public void Poll_tells_when_a_result_waits()
    {
        using ManualResetEventSlim changed = new();
        _client.File.PollChanged += changed.Set;
        _client.File.Poll().Should().Be(0);
        uint session = NetBsdEmulatorTests.Open(_client, CRYPTO_AES_CBC, s_key);
        nint data = Process.Map(64);
        nint array = Put(
            Table.CryptNOp,
            [
                new crypt_n_op
                {
                    ses = session,
                    op = COP_ENCRYPT,
                    len = 64,
                    src = data,
                    dst = data,
                    iv = data,
                },
            ]
        );
        crypt_mop op = new() { count = 1, reqs = array };
        _client.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref op).Should().Be(0);
        changed.Wait(Patience.Span).Should().BeTrue();
        _client.File.Poll().Should().Be(LibC.POLLIN | LibC.POLLRDNORM);
        Await(_client, Get(Table.CryptNOp, array, 1)[0].reqid);
        _client.File.Poll().Should().Be(0);
    }

    [Fact]
    public void A_digest_of_many_copies_the_message_to_dst_too()
    {
        uint session = NetBsdEmulatorTests.Open(_client, 0, null, CRYPTO_SHA1);
        nint room = Process.Map(64);
        nint digest = Process.Map(20);
        crypt_n_op good = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 64,
            src = Process.Map([.. s_message]),
            dst = room,
            mac = digest,
        };
        nint array = Put(Table.CryptNOp, [good, good with { dst = 0x99 }, good with { dst = 0 }]);
        crypt_mop op = new() { count = 3, reqs = array };
        _client.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref op).Should().Be(0);
        uint[] ids = [.. Get(Table.CryptNOp, array, 3).Select(element => element.reqid)];
        Await(_client, ids[0]).status.Should().Be(0);
        Process.Read(room, 64).Should().Equal(s_message);
        Process.Read(digest, 20).Should().Equal(System.Security.Cryptography.SHA1.HashData(s_message));
        Await(_client, ids[1]).status.Should().Be(LibC.EFAULT);
        Await(_client, ids[2]).status.Should().Be(0);
    }

    /// <summary>Expanded in the background, a message is cut to as many bytes as went in, and its length is not told.</summary>
    [Fact]
    public void A_message_expanded_in_the_background_is_cut()
    {
        session_op create = new() { comp_alg = CRYPTO_DEFLATE_COMP };
        _client.Ioctl(Table.CIOCGSESSION, Table.SessionOp, ref create).Should().Be(0);
        nint data = Process.Map([.. Enumerable.Repeat((byte)'z', 1000)]);
        crypt_op compress = new()
        {
            ses = create.ses,
            op = COP_COMP,
            len = 1000,
            src = data,
            dst = data,
        };
        _client.Ioctl(Table.CIOCCRYPT, Table.CryptOp, ref compress).Should().Be(0);
        nint back = Process.Map(1000);
        nint array = Put(
            Table.CryptNOp,
            [
                new crypt_n_op
                {
                    ses = create.ses,
                    op = COP_DECOMP,
                    len = compress.dst_len,
                    src = data,
                    dst = back,
                    dst_len = 1000,
                },
            ]
        );
        crypt_mop op = new() { count = 1, reqs = array };
        _client.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref op).Should().Be(0);
        Await(_client, Get(Table.CryptNOp, array, 1)[0].reqid).status.Should().Be(0);
        Process.Read(back, 1000).Count(value => value == 'z').Should().Be((int)compress.dst_len);
    }

    [Fact]
    public void Counts_and_arrays_that_cannot_be_fail_the_call()
    {
        crypt_mop op = new() { count = 0, reqs = Process.Map(104) };
        _client.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref op).Should().Be(LibC.EINVAL);
        op.count = 2;
        _client.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref op).Should().Be(LibC.EFAULT);
        op.count = nuint.MaxValue;
        _client.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref op).Should().Be(LibC.ENOMEM);
        ocrypt_mop old = new() { count = 2, reqs = Process.Map(208) };
        _client.Ioctl(Table.OCIOCNCRYPTM, Table.OcryptMop, ref old).Should().Be(LibC.EINVAL, "the kernel would run what is on its stack");
    }

    [Fact]
    public void An_old_program_starts_one_operation()
    {
        uint session = NetBsdEmulatorTests.Open(_client, CRYPTO_AES_CBC, s_key);
        nint data = Process.Map([.. s_message]);
        nint array = Put(
            Table.OcryptNOp,
            [
                new ocrypt_n_op
                {
                    ses = session,
                    op = COP_ENCRYPT,
                    len = 64,
                    src = data,
                    dst = data,
                    iv = Process.Map(16),
                },
            ]
        );
        ocrypt_mop op = new() { count = 1, reqs = array };
        _client.Ioctl(Table.OCIOCNCRYPTM, Table.OcryptMop, ref op).Should().Be(0);
        Await(_client, Get(Table.OcryptNOp, array, 1)[0].reqid).status.Should().Be(0);
        Process.Read(data, 64).Should().Equal(NetBsdEmulatorTests.Cbc(s_message, new byte[16]));
    }

    [Fact]
    public void Requests_beyond_the_limit_are_ENOMEM_until_some_are_fetched()
    {
        using EmulatedClient client = new(s_options with { Limits = new EmulatorLimits { RequestsPerFile = 3 } });
        uint session = NetBsdEmulatorTests.Open(client, CRYPTO_AES_CBC, s_key);
        nint data = client.Process.Map(64);
        crypt_n_op good = new()
        {
            ses = session,
            op = COP_ENCRYPT,
            len = 64,
            src = data,
            dst = data,
            iv = data,
        };
        nint array = Put(client, Table.CryptNOp, [good, good, good, good]);
        crypt_mop op = new() { count = 4, reqs = array };
        client.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref op).Should().Be(0);
        Get(client, Table.CryptNOp, array, 4).Select(one => one.status).Should().Equal(0, 0, 0, LibC.ENOMEM);
        cryptret ret = new() { count = 3, results = client.Process.Map(64) };
        client.Ioctl(Table.CIOCNCRYPTRETM, Table.Cryptret, ref ret).Should().Be(0);
        ret.count.Should().Be(3);
        client.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref op).Should().Be(0);
        Get(client, Table.CryptNOp, array, 1)[0].status.Should().Be(0);
    }

    [Fact]
    public void A_file_closed_with_work_under_way_leaves_nothing_behind()
    {
        EmulatedClient other = new(_client.Device, new ForeignProcess());
        uint session = NetBsdEmulatorTests.Open(other, 0, null, CRYPTO_SHA1, 0);
        nint data = other.Process.Map(200000);
        crypt_n_op good = new()
        {
            ses = session,
            flags = COP_F_BATCH,
            len = 200000,
            src = data,
            mac = data,
        };
        crypt_mop op = new() { count = 50, reqs = Put(other, Table.CryptNOp, [.. Enumerable.Repeat(good, 50)]) };
        other.Ioctl(Table.CIOCNCRYPTM, Table.CryptMop, ref op).Should().Be(0);
        other.File.Dispose();
        SpinWait
            .SpinUntil(() => _client.Device.Statistics is { RequestsInFlight: 0, BytesInFlight: 0, OpenSessions: 0 }, Patience.Span)
            .Should()
            .BeTrue();
    }

    internal static crypt_result Await(EmulatedClient client, uint id)
    {
        crypt_result result = new() { reqid = id, status = 0xDEAD };
        int error = LibC.EINPROGRESS;
        SpinWait.SpinUntil(
            () => (error = client.Ioctl(Table.CIOCNCRYPTRET, Table.CryptResult, ref result)) != LibC.EINPROGRESS,
            Patience.Span
        );
        error.Should().Be(0);
        return result;
    }

    internal static nint Put<T>(EmulatedClient client, StructCodec<T> codec, T[] elements)
        where T : unmanaged
    {
        int size = codec.Size(client.Process.WordSize);
        byte[] bytes = new byte[size * elements.Length];
        for (int i = 0; i < elements.Length; i++)
        {
            codec.Encode(elements[i], bytes.AsSpan(i * size), client.Process.WordSize);
        }

        return client.Process.Map(bytes);
    }

    internal static T[] Get<T>(EmulatedClient client, StructCodec<T> codec, nint array, int count)
        where T : unmanaged
    {
        int size = codec.Size(client.Process.WordSize);
        return
        [
            .. Enumerable.Range(0, count).Select(i => codec.Decode(client.Process.Read(array + (i * size), size), client.Process.WordSize)),
        ];
    }

    private nint Put<T>(StructCodec<T> codec, T[] elements)
        where T : unmanaged => Put(_client, codec, elements);

    private T[] Get<T>(StructCodec<T> codec, nint array, int count)
        where T : unmanaged => Get(_client, codec, array, count);
}
