using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using static CryptoDev.Ioctl.NetBsd;

namespace CryptoDev.Tests.Server;

/// <summary>
/// A power of numbers so long that it takes seconds, asked for by CIOCNFKEYM and fetched by CIOCNCRYPTRETM: the one ioctl of all dialects
/// that waits for other work. Its structs and numbers are memory of this process.
/// </summary>
internal sealed unsafe class LongWork
{
    private const int Bytes = KeyOp.MaxOperandBits / 8;
    private readonly byte[] _numbers = GC.AllocateArray<byte>(Bytes * 4, pinned: true);
    private readonly crypt_n_kop[] _request = GC.AllocateArray<crypt_n_kop>(1, pinned: true);
    private readonly crypt_mkop[] _start = GC.AllocateArray<crypt_mkop>(1, pinned: true);
    private readonly crypt_result[] _result = GC.AllocateArray<crypt_result>(1, pinned: true);
    private readonly cryptret[] _fetch = GC.AllocateArray<cryptret>(1, pinned: true);

    /// <summary>A device that does such work in software.</summary>
    public static DevCryptoEmulatorOptions Device { get; } =
        new DevCryptoEmulatorOptions { Dialect = DialectInfo.NetBsd, Policy = DriverPolicy.SoftwareOnly }.AllowingSoftware();

    /// <summary>Minus one, to an odd power, modulo a number that is all ones: minus one.</summary>
    public LongWork()
    {
        Array.Fill(_numbers, (byte)0xFF, 0, Bytes * 3);
        _numbers[0] = 0xFE;
        crypt_n_kop request = new()
        {
            crk_op = CRK_MOD_EXP,
            crk_iparams = 3,
            crk_oparams = 1,
            crk_opaque = 77,
        };
        for (int i = 0; i < 4; i++)
        {
            request.crk_param[i] = new crparam { crp_p = Address(_numbers) + (i * Bytes), crp_nbits = KeyOp.MaxOperandBits };
        }

        _request[0] = request;
    }

    /// <summary>The argument of <c>CIOCNFKEYM</c>.</summary>
    public void* Start()
    {
        _start[0] = new crypt_mkop { count = 1, reqs = Address(_request) };
        return (void*)Address(_start);
    }

    /// <summary>The argument of <c>CIOCNCRYPTRETM</c>.</summary>
    public void* Fetch()
    {
        _fetch[0] = new cryptret { count = 1, results = Address(_result) };
        return (void*)Address(_fetch);
    }

    public ulong StartAddress => (ulong)Start();

    public ulong FetchAddress => (ulong)Fetch();

    public bool WasAccepted => _request[0].crk_status == 0;

    /// <summary>Whether the fetch brought this work, and it is right.</summary>
    public bool IsRight =>
        _fetch[0].count == 1
        && _result[0] is { status: 0, opaque: 77 }
        && _numbers.AsSpan(Bytes * 3).SequenceEqual(_numbers.AsSpan(0, Bytes));

    /// <summary>All of it by address, for a client that has its memory elsewhere.</summary>
    public Dictionary<ulong, byte[]> Copy() =>
        new()
        {
            [(ulong)Address(_start)] = MemoryMarshal.AsBytes<crypt_mkop>(_start).ToArray(),
            [(ulong)Address(_request)] = MemoryMarshal.AsBytes<crypt_n_kop>(_request).ToArray(),
            [(ulong)Address(_numbers)] = [.. _numbers],
            [(ulong)Address(_fetch)] = MemoryMarshal.AsBytes<cryptret>(_fetch).ToArray(),
            [(ulong)Address(_result)] = MemoryMarshal.AsBytes<crypt_result>(_result).ToArray(),
        };

    // SAFETY: the arrays are pinned for life.
    private static nint Address<T>(T[] pinned)
        where T : unmanaged => (nint)Unsafe.AsPointer(ref pinned[0]);
}
