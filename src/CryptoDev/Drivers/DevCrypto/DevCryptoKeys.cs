using System.Collections.Concurrent;
using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// Key operations of a device. CIOCASYMFEAT says which it has, but not all: its loop stops one short on NetBSD (CRK_MOD) and on most FreeBSDs (DH), and no mask tells that a driver
/// reads the operands of CRT in another order (ubsec) or writes DH's result most significant byte first (nsp). So those are tried, with operands whose result is known.
/// </summary>
internal sealed class DevCryptoKeys(DeviceCaller caller)
{
    private readonly ConcurrentDictionary<KeyOperation, KeyFinding> _findings = new();

    public DriverVerdict Probe(KeyOp op)
    {
        if (caller.Codec.KeyOperations.Find(op.Operation) is null)
        {
            return DriverVerdict.No($"{caller.Dialect} has no {op.Facts.BsdName}");
        }

        if (op is { Operation: KeyOperation.DsaSign, Nonce: DsaNonce.Deterministic })
        {
            return DriverVerdict.No("a device takes its secret number from its own generator, not from RFC 6979", "ask for DsaNonce.Random");
        }

        KeyFinding finding = _findings.GetOrAdd(op.Operation, Find);
        return finding.Works ? DriverVerdict.Yes(DriverKind.Generic, KeyOp.MaxOperandBits / 8) : DriverVerdict.No(finding.Reason!);
    }

    public int Process(KeyOp op, out SessionDriver driver)
    {
        int result = Run(op, out string? kernelDriver);
        driver = new SessionDriver
        {
            Name = kernelDriver is null ? DevCryptoDriver.Rung : $"{DevCryptoDriver.Rung}:{kernelDriver}", Kind = DriverKind.Generic, KernelDriver = kernelDriver,
        };
        if (result >= 0)
        {
            if (op.Operation == KeyOperation.DhComputeKey && _findings.GetOrAdd(op.Operation, Find).IsBigEndian)
            {
                op.OutputBytes(0).Reverse();
            }

            return 0;
        }

        if (result == -LibC.EDOM || (result == -LibC.EPERM && op.Operation == KeyOperation.DsaVerify && !IsForbidden))
        {
            return -result;
        }

        throw DevCryptoErrors.Create(DevCryptoDriver.Rung, op.Facts.BsdName, result);
    }

    /// <summary>FreeBSD says EPERM to every key operation, a good signature too, where kern.userasymcrypto is 0; the mask is empty then.</summary>
    private bool IsForbidden => caller.Dialect == DialectInfo.FreeBsd && (caller.KeyFeatures(out uint mask) < 0 || mask == 0);

    private KeyFinding Find(KeyOperation operation)
    {
        bool isListed = caller.KeyFeatures(out uint mask) >= 0 && (mask & (1u << (int)operation)) != 0;
        bool canDiffer = operation is KeyOperation.ModExpCrt or KeyOperation.DhComputeKey;
        if (isListed && !canDiffer)
        {
            return KeyFinding.Yes;
        }

        using KeyOp trial = KeyTrial.Create(operation);
        int result = Run(trial, out _);
        if (result < 0)
        {
            return new KeyFinding(false, false, $"the device does not run {trial.Facts.BsdName} ({new Errno(-result).Name})");
        }

        if (KeyTrial.IsRight(trial, reversed: false))
        {
            return KeyFinding.Yes;
        }

        return operation == KeyOperation.DhComputeKey && KeyTrial.IsRight(trial, reversed: true)
            ? new KeyFinding(true, true, null)
            : new KeyFinding(false, false, $"the device's {trial.Facts.BsdName} gave a wrong result when it was tried; its driver may want the operands in another order");
    }

    /// <summary>One ioctl over the operands where they lie: least significant byte first is what both sides have.</summary>
    private unsafe int Run(KeyOp op, out string? driver)
    {
        KeyOperationNumber number = caller.Codec.KeyOperations.Find(op.Operation)!;
        KeyCall call = new() { Operation = number.Id, InputCount = number.Inputs, OutputCount = number.Outputs };
        byte zero = 0;
        int slots = number.Inputs + number.Outputs;
        for (int i = 0; i < slots; i++)
        {
            Span<byte> bytes = op.GetParameter(i).Bytes;

            // SAFETY: the operation owns its operands off the managed heap and lives until its run has ended; the zero byte stands on this frame.
            fixed (byte* address = bytes)
            {
                // A parameter of no bits is passed over, so that the number 0 has to be a byte.
                call.Parameters[i] = bytes.IsEmpty ? new KeySlot((nint)(&zero), 8) : new KeySlot((nint)address, (uint)bytes.Length * 8);
            }
        }

        return caller.Key(call, out driver);
    }

    /// <summary>What was found about one operation.</summary>
    private sealed record KeyFinding(bool Works, bool IsBigEndian, string? Reason)
    {
        public static KeyFinding Yes { get; } = new(true, false, null);
    }
}
