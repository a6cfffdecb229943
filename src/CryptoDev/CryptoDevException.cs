namespace CryptoDev;

/// <summary>A driver, the kernel or the machine could not do an operation, and the caller's arguments were not the cause.</summary>
/// <remarks>
/// If several drivers were tried and all failed, <see cref="Driver"/> is the policy. <see cref="Errno"/> is then that of the driver that
/// counts (see <see cref="CryptoDevice.CreateSession(SessionParameters, DriverPolicy?)"/>). <see cref="Exception.InnerException"/> is then
/// an <see cref="AggregateException"/> with one exception of this type for each driver, in the order in which they were tried.
/// </remarks>
public class CryptoDevException : Exception
{
    internal CryptoDevException(int errno, string driver, string operation, string advice, Exception? inner = null)
        : base(
            errno == 0 ? $"{driver}: {operation}: {advice}" : $"{driver}: {operation}: {new Native.Errno(errno).Name} ({errno}): {advice}",
            inner
        )
    {
        Errno = errno;
        Driver = driver;
        Operation = operation;
    }

    /// <summary>The errno value, or 0 when no system call failed.</summary>
    public int Errno { get; }

    /// <summary>The errno name, for example <c>ENOENT</c>, or an empty string.</summary>
    public string ErrnoName => Errno == 0 ? string.Empty : new Native.Errno(Errno).Name;

    /// <summary>The driver's name, for example <c>af_alg</c>.</summary>
    public string Driver { get; }

    /// <summary>The operation that failed, for example <c>bind cbc(aes)</c>.</summary>
    public string Operation { get; }
}
