using CryptoDev.Dialects;
using CryptoDev.Native;
using static CryptoDev.Ioctl.OpenBsd;

namespace CryptoDev.Ioctl;

/// <summary>An open <c>/dev/crypto</c> of OpenBSD: an <c>Ioctl</c> for each of its structs.</summary>
public sealed class OpenBsdFile : DevCryptoFile
{
    internal OpenBsdFile(DeviceChannel channel, string origin)
        : base(channel, DialectInfo.OpenBsd, origin) { }

    /// <summary>Makes <c>CIOCFSESSION</c>, <c>CIOCASYMFEAT</c> or <c>CRIOGET</c>.</summary>
    /// <param name="request">The request code.</param>
    /// <param name="argument">What the request points to; a kernel may write it.</param>
    /// <returns>0 or more, or a negative errno: <c>-EINVAL</c> is -22. C's -1 and <c>errno</c> in one number.</returns>
    /// <exception cref="ArgumentException">The request is of another struct, or the dialect has none of that code.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public int Ioctl(uint request, ref uint argument) => Call(request, null, ref argument);

    /// <summary>Makes <c>CIOCGSESSION</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref session_op argument) => Call(request, OpenBsdTable.SessionOp.Info, ref argument);

    /// <summary>Makes <c>CIOCCRYPT</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_op argument) => Call(request, OpenBsdTable.CryptOp.Info, ref argument);

    /// <summary>Makes <c>CIOCKEY</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_kop argument) => Call(request, OpenBsdTable.CryptKop.Info, ref argument);

    /// <summary>Makes <c>CRIOGET</c> and opens what it gives: an empty context of its own, which all other calls need.</summary>
    /// <inheritdoc cref="DevCryptoFile.CrioGet(out DevCryptoFile)"/>
    public int CrioGet(out OpenBsdFile? file)
    {
        int result = CrioGet(out DevCryptoFile? made);
        file = (OpenBsdFile?)made;
        return result;
    }
}
