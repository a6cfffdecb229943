using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// The key operations of a device. CIOCASYMFEAT reports which ones it has, but the report is incomplete: its loop stops one short on NetBSD
/// (CRK_MOD), and on OpenBSD and most FreeBSDs (DH). No mask shows that a driver reads the operands of CRT in another order (ubsec), or
/// writes DH's result most significant byte first (nsp). So these operations are tried with operands whose result is known.
/// </summary>
/// <remarks>
/// No session keeps the device open during a key operation, so each operation takes a reference. Otherwise the descriptor could be closed
/// under it, by a disposed <see cref="CryptoDevice"/> or because a lost device is opened again. Its ioctl would then go to another file
/// with the same descriptor number.
/// </remarks>
internal sealed class DevCryptoKeys(DeviceCaller caller, TimeProvider? clock)
{
    /// <summary>Well below the size of the kernels' request pools.</summary>
    private const int MostAtOnce = 32;

    private const string Closed = "the device was closed meanwhile";

    private static readonly SecureMemoryHandle s_zero = SecureMemoryHandle.Allocate(1);

    private readonly VerdictCache<KeyOperation, KeyFinding> _findings = new(clock);

    public DriverVerdict Probe(KeyOp op)
    {
        if (caller.Codec.KeyOperations.Find(op.Operation) is null)
        {
            return DriverVerdict.No($"{caller.Dialect} has no {op.Facts.BsdName}");
        }

        if (op is { Operation: KeyOperation.DsaSign, Nonce: DsaNonce.Deterministic })
        {
            return DriverVerdict.No(
                "a device takes its secret number from its own generator, not from RFC 6979",
                "ask for DsaNonce.Random"
            );
        }

        if (!caller.TryAddReference())
        {
            return DriverVerdict.No(Closed);
        }

        KeyFinding finding;
        try
        {
            finding = FindingOf(op.Operation);
        }
        finally
        {
            caller.Release();
        }

        return finding.Works
            ? DriverVerdict.Yes(DriverKind.Generic, KeyOp.MaxOperandBits / 8)
            : DriverVerdict.No(finding.Reason!, errno: finding.Errno);
    }

    public bool TakesMany => caller.TakesManyKeys;

    public int Process(KeyOp op, out SessionDriver driver)
    {
        if (!caller.TryAddReference())
        {
            throw DevCryptoErrors.Create(DevCryptoDriver.Rung, op.Facts.BsdName, -LibC.ENOTCONN);
        }

        try
        {
            int result = caller.Key(Describe(op), out string? kernelDriver);
            driver = DriverOf(kernelDriver);
            return Outcome(op, result < 0 ? -result : 0) is { } status and >= 0
                ? status
                : throw DevCryptoErrors.Create(DevCryptoDriver.Rung, op.Facts.BsdName, result);
        }
        finally
        {
            caller.Release();
        }
    }

    /// <summary>
    /// CIOCNFKEYM with as many operations at a time as every kernel takes. Results are fetched in the order in which they arrive.
    /// </summary>
    public int[]? ProcessMany(IReadOnlyList<KeyOp> ops, out SessionDriver driver)
    {
        driver = DriverOf(null);
        if (!caller.TryAddReference())
        {
            return null;
        }

        try
        {
            int[] statuses = new int[ops.Count];
            for (int first = 0; first < ops.Count; first += MostAtOnce)
            {
                RunTogether(ops, first, statuses);
            }

            return statuses;
        }
        finally
        {
            caller.Release();
        }
    }

    private void RunTogether(IReadOnlyList<KeyOp> ops, int first, int[] statuses)
    {
        int count = Math.Min(MostAtOnce, ops.Count - first);
        using CountdownEvent left = new(count);
        PendingKey[] keys = [.. Enumerable.Range(first, count).Select(i => new PendingKey(Describe(ops[i]), left))];
        bool started = caller.Queue!.TryStart(keys);
        if (started)
        {
            left.Wait();
        }

        for (int i = 0; i < count; i++)
        {
            statuses[first + i] = started ? Outcome(ops[first + i], keys[i].Status) : -1;
        }
    }

    private static SessionDriver DriverOf(string? kernelDriver) =>
        new()
        {
            Name = kernelDriver is null ? DevCryptoDriver.Rung : $"{DevCryptoDriver.Rung}:{kernelDriver}",
            Kind = DriverKind.Generic,
            KernelDriver = kernelDriver,
        };

    /// <summary>The result for the framework: 0, an outcome that every driver would reach, or -1 where this driver failed.</summary>
    private int Outcome(KeyOp op, int errno)
    {
        if (errno == 0 && op.Operation == KeyOperation.DhComputeKey && FindingOf(op.Operation).IsBigEndian)
        {
            op.OutputBytes(0)[..RoomFor(op, op.InputCount)].Reverse();
        }

        return errno is 0 or LibC.EDOM || (errno == LibC.EPERM && op.Operation == KeyOperation.DsaVerify && !IsForbidden) ? errno : -1;
    }

    /// <summary>
    /// Where kern.userasymcrypto is 0, FreeBSD answers EPERM to every key operation, also for a good signature. The mask is empty then.
    /// </summary>
    private bool IsForbidden => caller.Dialect == DialectInfo.FreeBsd && (caller.KeyFeatures(out uint mask) < 0 || mask == 0);

    private KeyFinding FindingOf(KeyOperation operation)
    {
        if (_findings.TryRecall(operation, out KeyFinding? known, out _))
        {
            return known!;
        }

        KeyFinding found = Find(operation);
        if (found.Works)
        {
            _findings.Remember(operation, found);
        }
        else
        {
            _findings.RememberRefusal(operation, found, found.Errno);
        }

        return found;
    }

    private KeyFinding Find(KeyOperation operation)
    {
        bool isListed = caller.KeyFeatures(out uint mask) >= 0 && (mask & (1u << (int)operation)) != 0;
        bool canDiffer = operation is KeyOperation.ModExpCrt or KeyOperation.DhComputeKey;
        if (isListed && !canDiffer)
        {
            return KeyFinding.Yes;
        }

        using KeyOp trial = KeyTrial.Create(operation);
        int result = caller.Key(Describe(trial), out _);
        if (result < 0)
        {
            return new KeyFinding(false, false, $"the device does not run {trial.Facts.BsdName} ({new Errno(-result).Name})", -result);
        }

        if (KeyTrial.IsRight(trial, reversed: false))
        {
            return KeyFinding.Yes;
        }

        return operation == KeyOperation.DhComputeKey && KeyTrial.IsRight(trial, reversed: true)
            ? new KeyFinding(true, true, null)
            : new KeyFinding(
                false,
                false,
                $"the device's {trial.Facts.BsdName} gave a wrong result when it was tried; its driver may want the operands in "
                    + "another order"
            );
    }

    /// <summary>Passes the operands where they are, without a copy: both sides use least significant byte first.</summary>
    private unsafe KeyCall Describe(KeyOp op)
    {
        KeyOperationNumber number = caller.Codec.KeyOperations.Find(op.Operation)!;
        KeyCall call = new()
        {
            Operation = number.Id,
            InputCount = number.Inputs,
            OutputCount = number.Outputs,
        };
        int slots = number.Inputs + number.Outputs;
        for (int i = 0; i < slots; i++)
        {
            Span<byte> bytes = op.DangerousBytes(i);

            // SAFETY: the operation owns its operands off the managed heap and lives until its run has ended. The zero is never freed.
            fixed (
                byte* address = bytes,
                    zero = s_zero.Bytes
            )
            {
                // A parameter of no bits is skipped, so the number 0 must be one byte.
                call.Parameters[i] = bytes.IsEmpty ? new KeySlot((nint)zero, 8) : new KeySlot((nint)address, (uint)RoomFor(op, i) * 8);
            }
        }

        return call;
    }

    /// <summary>
    /// The bytes of a parameter that the kernel gets. For a shared value they are as many as the modulus has: in a longer buffer a kernel
    /// that writes the most significant byte first would leave the value at an unknown place.
    /// </summary>
    private static int RoomFor(KeyOp op, int index) =>
        op.Operation == KeyOperation.DhComputeKey && index == op.InputCount
            ? (op.SignificantBits(op.Facts.Modulus) + 7) / 8
            : op.DangerousBytes(index).Length;

    /// <summary>The finding for one operation.</summary>
    private sealed record KeyFinding(bool Works, bool IsBigEndian, string? Reason, int Errno = 0)
    {
        public static KeyFinding Yes { get; } = new(true, false, null);
    }
}
