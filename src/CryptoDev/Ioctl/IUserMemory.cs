namespace CryptoDev.Ioctl;

/// <summary>
/// The memory of the process that made an ioctl, as a kernel sees it. Its addresses may be bad. It is used by one thread at a time, and
/// only during the ioctl.
/// </summary>
/// <remarks>BSD original: copyin(9), copyout(9).</remarks>
public interface IUserMemory
{
    /// <summary>Copies bytes from the caller.</summary>
    /// <param name="address">The address in the caller's memory.</param>
    /// <param name="destination">Where the bytes are written. It is filled completely.</param>
    /// <returns>False if any byte cannot be read: <c>EFAULT</c>.</returns>
    bool CopyIn(ulong address, Span<byte> destination);

    /// <summary>Copies bytes to the caller.</summary>
    /// <param name="source">The bytes to write.</param>
    /// <param name="address">The address in the caller's memory.</param>
    /// <returns>False if any byte cannot be written: <c>EFAULT</c>. Some of the bytes may have been written.</returns>
    bool CopyOut(ReadOnlySpan<byte> source, ulong address);

    /// <summary>
    /// Lends input without a copy, if it is in memory that this process shares. The caller can change the bytes while they are read.
    /// </summary>
    /// <returns>False if the bytes must be copied.</returns>
    bool TryBorrowInput(ulong address, int length, out ReadOnlySpan<byte> input)
    {
        input = default;
        return false;
    }

    /// <summary>
    /// Lends a buffer for the result. Its content reaches the caller at <paramref name="address"/> when the ioctl succeeds, and never when
    /// it fails. It may be the same memory as input lent for the same address. It does not overlap other input.
    /// </summary>
    /// <returns>False if the result must be copied.</returns>
    bool TryBorrowOutput(ulong address, int length, out Span<byte> output)
    {
        output = default;
        return false;
    }
}
