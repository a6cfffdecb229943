namespace CryptoDev.Ioctl;

/// <summary>The process that called ioctl: its word size, its memory, and its table of descriptors.</summary>
public interface IUserProcess : IUserMemory
{
    /// <summary>How the caller was compiled.</summary>
    WordSize WordSize { get; }

    /// <summary>
    /// Whether <see cref="InstallDescriptor"/> can work at all. Where it cannot, an opened device that would take nothing but
    /// <c>CRIOGET</c> takes its other ioctls itself.
    /// </summary>
    bool CanInstallDescriptors => true;

    /// <summary>
    /// Whether the caller will never take the answer: killed, or its connection cut. Asked while its work waits for a turn, from the thread
    /// that made the ioctl; work that has not begun is dropped then.
    /// </summary>
    bool IsGone => false;

    /// <summary>Gives the caller a new descriptor for an open file.</summary>
    /// <param name="file">
    /// The file; owned by the caller's table once this succeeds. It is the very file that the ioctl was made on where the dialect
    /// duplicates it (cryptodev-linux): count it.
    /// </param>
    /// <returns>
    /// The descriptor's number, or a negative errno: <c>EMFILE</c>, or <c>EOPNOTSUPP</c> where no descriptor can be put into another
    /// process.
    /// </returns>
    /// <remarks>BSD original: falloc(9) for <c>CRIOGET</c>.</remarks>
    int InstallDescriptor(EmulatedFile file);
}
