using CryptoDev.Native;
using static CryptoDev.Ioctl.NetBsd;

namespace CryptoDev.Ioctl;

/// <summary>An open <c>/dev/crypto</c> of NetBSD: takes the structs of its ioctls and no others.</summary>
public sealed class NetBsdFile : DevCryptoFile
{
    internal NetBsdFile(DeviceChannel channel, string origin)
        : base(channel, DialectInfo.NetBsd, origin) { }

    /// <summary>Opens the device, or an emulated one, as the policy says.</summary>
    /// <inheritdoc cref="DevCryptoFile.Open(DialectInfo, DevCryptoFileOptions)"/>
    public static NetBsdFile Open(DevCryptoFileOptions? options = null) => (NetBsdFile)Open(DialectInfo.NetBsd, options);

    /// <summary>Makes an ioctl that takes a number: <c>CIOCFSESSION</c>, <c>CIOCASYMFEAT</c> or <c>CRIOGET</c>.</summary>
    /// <param name="request">The request code.</param>
    /// <param name="argument">What the request points to; a kernel may write it.</param>
    /// <returns>0 or more, or a negative errno: <c>-EINVAL</c> is -22. C's -1 and <c>errno</c> in one number.</returns>
    /// <exception cref="ArgumentException">The request is of another struct, or the dialect has none of that code.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public int Ioctl(uint request, ref uint argument) => Call(request, ref argument);

    /// <summary>Makes an ioctl that takes a struct.</summary>
    /// <typeparam name="T">The struct; it follows from the argument.</typeparam>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl<T>(uint request, ref T argument)
        where T : unmanaged, IArgument => Call(request, ref argument);

    /// <summary>Makes <c>CRIOGET</c> and opens what it gives: an empty context of its own.</summary>
    /// <inheritdoc cref="DevCryptoFile.CrioGet(out DevCryptoFile)"/>
    public int CrioGet(out NetBsdFile? file)
    {
        int result = CrioGet(out DevCryptoFile? made);
        file = (NetBsdFile?)made;
        return result;
    }
}
