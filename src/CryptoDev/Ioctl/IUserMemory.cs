namespace CryptoDev.Ioctl;

/// <summary>
/// The memory of the process that called ioctl, as a kernel sees it: addresses that may be bad. Used by one thread at a time, for the
/// length of one call.
/// </summary>
/// <remarks>BSD original: copyin(9), copyout(9).</remarks>
public interface IUserMemory
{
    /// <summary>Copies from the caller.</summary>
    /// <param name="address">Where it stands in the caller's memory.</param>
    /// <param name="destination">Filled whole.</param>
    /// <returns>False where any byte cannot be read: <c>EFAULT</c>.</returns>
    bool CopyIn(ulong address, Span<byte> destination);

    /// <summary>Copies to the caller.</summary>
    /// <param name="source">What to write.</param>
    /// <param name="address">Where it goes in the caller's memory.</param>
    /// <returns>False where any byte cannot be written: <c>EFAULT</c>; how much was written is not known then.</returns>
    bool CopyOut(ReadOnlySpan<byte> source, ulong address);

    /// <summary>Lends input without a copy, where it lies in memory shared with this process; it can change under the reader.</summary>
    /// <returns>False where it must be copied.</returns>
    bool TryBorrowInput(ulong address, int length, out ReadOnlySpan<byte> input)
    {
        input = default;
        return false;
    }

    /// <summary>
    /// Lends room whose content reaches the caller at <paramref name="address"/> when the ioctl succeeds, and never when it fails. It may
    /// lie over the input that was lent for the same address, and over no other.
    /// </summary>
    /// <returns>False where the result must be copied.</returns>
    bool TryBorrowOutput(ulong address, int length, out Span<byte> output)
    {
        output = default;
        return false;
    }
}
