using CryptoDev.Native;
using static CryptoDev.Ioctl.FreeBsd;

namespace CryptoDev.Ioctl;

/// <summary>An open <c>/dev/crypto</c> of FreeBSD. It takes only the structs of that dialect's ioctls. Safe from any thread.</summary>
public sealed class FreeBsdFile : DevCryptoFile
{
    internal FreeBsdFile(DeviceChannel channel, string origin)
        : base(channel, DialectInfo.FreeBsd, origin) { }

    /// <summary>Opens the device or an emulated device, as the policy says.</summary>
    /// <inheritdoc cref="DevCryptoFile.Open(DialectInfo, DevCryptoFileOptions)"/>
    public static FreeBsdFile Open(DevCryptoFileOptions? options = null) => (FreeBsdFile)Open(DialectInfo.FreeBsd, options);

    /// <summary>Makes an ioctl that takes a number: <c>CIOCFSESSION</c>, <c>CIOCASYMFEAT</c> or <c>CRIOGET</c>.</summary>
    /// <param name="request">The request code.</param>
    /// <param name="argument">The number that the request points to. A kernel may write it.</param>
    /// <returns>0 or more, or a negative errno: <c>-EINVAL</c> is -22. C returns -1 and sets <c>errno</c> instead.</returns>
    /// <exception cref="ArgumentException">The request takes another struct, or the dialect has no such request.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public int Ioctl(uint request, ref uint argument) => Call(request, ref argument);

    /// <summary>Makes an ioctl that takes a struct.</summary>
    /// <typeparam name="T">The struct. The compiler infers it from the argument.</typeparam>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl<T>(uint request, ref T argument)
        where T : unmanaged, IArgument => Call(request, ref argument);

    /// <summary>Makes <c>CRIOGET</c> and opens the new descriptor, which has an empty context.</summary>
    /// <inheritdoc cref="DevCryptoFile.CrioGet(out DevCryptoFile)"/>
    public int CrioGet(out FreeBsdFile? file)
    {
        int result = CrioGet(out DevCryptoFile? made);
        file = (FreeBsdFile?)made;
        return result;
    }
}
