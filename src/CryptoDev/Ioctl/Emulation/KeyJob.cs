using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// A key operation with its operands in this process. Any thread may run it. Only an ioctl copies in and out, because it has the caller's
/// memory.
/// </summary>
internal sealed class KeyJob : IDisposable
{
    // Memory of an operation besides its operands: the driver's numbers, and memory that is allocated in whole pages.
    private const int Overhead = 16 << 10;

    private readonly KeyCall _call;
    private readonly DriverDemand _demand;
    private readonly KeyOp _op;
    private readonly Quota _quota;
    private readonly int _length;
    private readonly bool _givesBytes;
    private int _disposed;

    private KeyJob(in KeyCall call, bool givesBytes, DriverDemand demand, KeyOp op, Quota quota, int length)
    {
        _call = call;
        _givesBytes = givesBytes;
        _demand = demand;
        _op = op;
        _quota = quota;
        _length = length;
    }

    /// <summary>0 or the errno value of the run (<c>crk_status</c>).</summary>
    public int Error { get; private set; }

    /// <summary>The driver that ran it, or null.</summary>
    public string? Driver { get; private set; }

    /// <summary>The most bytes of a result that the caller gets: all of his room, or the length of the modulus.</summary>
    private int MostResult { get; set; } = int.MaxValue;

    /// <summary>Makes the dialect's checks of the counts, and copies the operands in.</summary>
    /// <returns>0 or an errno value.</returns>
    public static int TryCopyIn(EmulatedFile file, in KeyCall call, DriverDemand demand, IUserMemory caller, out KeyJob? job)
    {
        job = null;
        KeyNumberTable numbers = file.Kernel.Rules.Codec.KeyOperations;
        int error = numbers.Check(call);
        if (error != 0)
        {
            return error;
        }

        KeyOperationNumber row = numbers.Find(call.Operation)!;
        Span<int> bits = stackalloc int[KeySlots.Count];
        int length = 0;
        for (int i = 0; i < row.Inputs + row.Outputs; i++)
        {
            // No driver takes longer operands. Dialects without a limit of bits (NetBSD, OpenBSD 2002) have not refused them yet.
            if (call.Parameters[i].Bits > KeyOp.MaxParameterBits)
            {
                return LibC.E2BIG;
            }

            bits[i] = (int)call.Parameters[i].Bits;
            length += call.Parameters[i].Length;
        }

        // Operands and results need memory twice: here and in the driver.
        length = (2 * length) + Overhead;
        if (!file.Bytes.TryTake(length))
        {
            return LibC.ENOMEM;
        }

        KeyJob made;
        try
        {
            KeyOp op = KeyOp.FromParameters(row.Function, bits[..row.Inputs], bits.Slice(row.Inputs, row.Outputs));
            made = new KeyJob(call, row.GivesBytes, demand, op, file.Bytes, length);
        }
        catch (OutOfMemoryException)
        {
            file.Bytes.Give(length);
            return LibC.ENOMEM;
        }

        for (int i = 0; i < row.Inputs; i++)
        {
            Span<byte> operand = made._op.DangerousBytes(i);
            if (!operand.IsEmpty && !caller.CopyIn(call.Parameters[i].Address.Address(), operand))
            {
                made.Dispose();
                return LibC.EFAULT;
            }
        }

        job = made;
        return 0;
    }

    /// <summary>Records an error. The operation is not run.</summary>
    public void Fail(EmulatedKernel kernel, int error) => Error = kernel.Rules.Errnos.FromDriver(error);

    /// <summary>Runs the operation.</summary>
    public int Run(EmulatedKernel kernel)
    {
        if (_givesBytes)
        {
            // The run zeroes the operands, so the length is read before it.
            MostResult = (_op.SignificantBits(_op.Facts.Modulus) + 7) / 8;
        }

        Error = kernel.Rules.Errnos.FromDriver(Compute(kernel));
        kernel.Counters.CountKeyRequest(Error);
        if (Error == 0 && _givesBytes)
        {
            _op.OutputBytes(0)[..MostResult].Reverse();
        }

        if (Driver is not null)
        {
            kernel.Counters.CountDriver(Driver);
        }

        return Error;
    }

    /// <summary>
    /// Copies the results out: as many bytes as the caller's bits need, but of a result that is bytes no more than the modulus has. The
    /// caller's number of bits does not change.
    /// </summary>
    /// <returns>0 or EFAULT.</returns>
    public int CopyOut(IUserMemory caller)
    {
        for (int i = 0; i < _op.OutputCount; i++)
        {
            Span<byte> result = _op.OutputBytes(i);
            result = result[..Math.Min(result.Length, MostResult)];
            if (!result.IsEmpty && !caller.CopyOut(result, _call.Parameters[_op.InputCount + i].Address.Address()))
            {
                return LibC.EFAULT;
            }
        }

        return 0;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _op.Dispose();
            _quota.Give(_length);
        }
    }

    private int Compute(EmulatedKernel kernel)
    {
        // The kernel looks for a driver first. The operands are the driver's business.
        if (!kernel.HasKeyDriver(_op.Operation, _demand))
        {
            return LibC.ENODEV;
        }

        if (_op.FindFault() is { } fault)
        {
            return fault.Errno;
        }

        try
        {
            using KeyResult result = kernel.Device.Process(_op, _demand.Narrow(kernel.Options.Policy));
            Driver = result.Driver?.Name;
            return result.Status;
        }
        catch (CryptoDevException error)
        {
            return error.Errno == 0 ? LibC.EIO : error.Errno;
        }
        catch (OutOfMemoryException)
        {
            return LibC.ENOMEM;
        }
        catch (ObjectDisposedException)
        {
            // The device has ended.
            return LibC.ENODEV;
        }
    }
}
