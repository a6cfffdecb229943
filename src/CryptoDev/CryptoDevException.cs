namespace CryptoDev;

/// <summary>A driver, the kernel or the machine could not do what was asked, and it was not the caller's mistake.</summary>
/// <remarks>
/// Where several drivers were asked and none did it, <see cref="Driver"/> is the policy, <see cref="Errno"/> that of the driver that counts
/// (see <see cref="CryptoDevice.CreateSession(SessionParameters, DriverPolicy?)"/>), and <see cref="Exception.InnerException"/> an
/// <see cref="AggregateException"/> with one exception of this type per driver, in the order they were asked.
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

    /// <summary>The errno value, or 0 where no system call was involved.</summary>
    public int Errno { get; }

    /// <summary>The errno name, for example <c>ENOENT</c>, or an empty string.</summary>
    public string ErrnoName => Errno == 0 ? string.Empty : new Native.Errno(Errno).Name;

    /// <summary>The driver's name, for example <c>af_alg</c>.</summary>
    public string Driver { get; }

    /// <summary>What was being done, for example <c>bind cbc(aes)</c>.</summary>
    public string Operation { get; }
}
