namespace CryptoDev.Ioctl;

/// <summary>The process that made an ioctl: its word size, its memory, and its table of descriptors.</summary>
public interface IUserProcess : IUserMemory
{
    /// <summary>The word size that the caller was compiled for.</summary>
    WordSize WordSize { get; }

    /// <summary>
    /// Whether <see cref="InstallDescriptor"/> can work at all. If it cannot, an opened device that needs <c>CRIOGET</c> takes the other
    /// ioctls itself.
    /// </summary>
    bool CanInstallDescriptors => true;

    /// <summary>
    /// Whether the caller was killed or its connection is closed, so that it will not read the answer. It is asked from the thread of the
    /// ioctl while the work waits. Work that has not begun is then dropped.
    /// </summary>
    bool IsGone => false;

    /// <summary>Gives the caller a new descriptor of an open file.</summary>
    /// <param name="file">
    /// The file. After success the caller's table owns it. If the dialect duplicates the file (cryptodev-linux), it is the file of the
    /// ioctl itself, so count the descriptors.
    /// </param>
    /// <returns>
    /// The descriptor's number, or a negative errno: <c>EMFILE</c>, or <c>EOPNOTSUPP</c> if no descriptor can be put into another process.
    /// </returns>
    /// <remarks>BSD original: falloc(9) for <c>CRIOGET</c>.</remarks>
    int InstallDescriptor(EmulatedFile file);
}
