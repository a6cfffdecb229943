using System.Numerics;
using System.Runtime.InteropServices;
using CryptoDev.Benchmarks.Workloads;
using CryptoDev.Native;

namespace CryptoDev.Benchmarks;

/// <summary>The numbers of one size, most significant byte first, and a buffer for the result.</summary>
internal sealed class PowerNumbers
{
    public PowerNumbers(int bits)
    {
        Random random = new(20260114 + bits);
        (Base, Exponent, Modulus) = (new byte[bits / 8], new byte[bits / 8], new byte[bits / 8]);
        random.NextBytes(Base);
        random.NextBytes(Exponent);
        random.NextBytes(Modulus);

        // All numbers have full length. The modulus is odd and larger than the base.
        (Base[0], Exponent[0], Modulus[0]) = (0x7F, (byte)(Exponent[0] | 0x80), 0xFF);
        Modulus[^1] |= 1;
        Result = new byte[bits / 8];
    }

    public byte[] Base { get; }

    public byte[] Exponent { get; }

    public byte[] Modulus { get; }

    public byte[] Result { get; }
}

/// <summary>One side of a comparison of powers.</summary>
internal abstract class PowerContender : IDisposable
{
    public abstract string Description { get; }

    /// <summary>Computes the power <paramref name="count"/> times and stores the result.</summary>
    public abstract void Run(PowerNumbers numbers, long count);

    public virtual void Dispose() { }
}

/// <summary>Our side, as a caller writes it: an operation is built and disposed each time.</summary>
internal sealed class KeyOpContender(DriverPolicy policy) : PowerContender
{
    private readonly CryptoDevice _device = CryptoDevice.Open();

    public override string Description => $"CryptoDev on {policy}";

    public override void Run(PowerNumbers numbers, long count)
    {
        for (; count > 0; count--)
        {
            using KeyOp op = KeyOp.ModExp(numbers.Base, numbers.Exponent, numbers.Modulus);
            using KeyResult result = _device.Process(op, policy);
            result.CopyTo(0, numbers.Result);
        }
    }

    public override void Dispose() => _device.Dispose();
}

/// <summary>.NET's own implementation.</summary>
internal sealed class BigIntegerContender : PowerContender
{
    public override string Description => "BigInteger.ModPow";

    public override void Run(PowerNumbers numbers, long count)
    {
        for (; count > 0; count--)
        {
            BigInteger power = BigInteger.ModPow(Number(numbers.Base), Number(numbers.Exponent), Number(numbers.Modulus));
            numbers.Result.AsSpan().Clear();
            power.TryWriteBytes(
                numbers.Result.AsSpan(numbers.Result.Length - power.GetByteCount(isUnsigned: true)),
                out _,
                isUnsigned: true,
                isBigEndian: true
            );
        }
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}

/// <summary>The loop of benchmarks/peers/power.c.</summary>
internal sealed unsafe class PeerPowerContender : PowerContender
{
    private readonly delegate* unmanaged<byte*, byte*, byte*, byte*, nuint, nint, int> _run;

    public PeerPowerContender()
    {
        nint library = NativeLibrary.Load(PeerContender.Find("power"));
        Description = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)NativeLibrary.GetExport(library, "power_description"))())!;
        _run = (delegate* unmanaged<byte*, byte*, byte*, byte*, nuint, nint, int>)NativeLibrary.GetExport(library, "power_run");
    }

    public override string Description { get; }

    public override void Run(PowerNumbers numbers, long count)
    {
        fixed (
            byte* a = numbers.Base,
                e = numbers.Exponent,
                m = numbers.Modulus,
                r = numbers.Result
        )
        {
            if (_run(a, e, m, r, (nuint)numbers.Result.Length, (nint)count) != 0)
            {
                throw new BenchmarkException($"{Description} failed.");
            }
        }
    }
}

/// <summary>Only KEYCTL_DH_COMPUTE, with existing keys: the cost of a power in the kernel.</summary>
internal sealed class BareKeyctlContender : PowerContender
{
    private PrivateKeyringHandle? _keyring;
    private PowerNumbers? _numbers;
    private int _base;
    private int _exponent;
    private int _modulus;

    public override string Description => "KEYCTL_DH_COMPUTE alone";

    public override void Run(PowerNumbers numbers, long count)
    {
        if (_numbers != numbers)
        {
            _keyring?.Dispose();
            _keyring = PrivateKeyringHandle.Create(out Errno refused) ?? throw new BenchmarkException($"No keyring: {refused}.");
            (_base, _exponent, _modulus) = (Add(numbers.Base), Add(numbers.Exponent), Add(numbers.Modulus));
            _numbers = numbers;
        }

        for (; count > 0; count--)
        {
            if (PrivateKeyringHandle.Power(_exponent, _modulus, _base, numbers.Result, out Errno error) != numbers.Result.Length)
            {
                throw new BenchmarkException($"{Description} failed: {error}.");
            }
        }
    }

    public override void Dispose() => _keyring?.Dispose();

    private int Add(byte[] number)
    {
        int key = _keyring!.AddKey("user", number, out Errno error);
        return key > 0 ? key : throw new BenchmarkException($"No key: {error}.");
    }
}
