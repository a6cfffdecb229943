using CryptoDev.Dialects;
using CryptoDev.Native;
using static CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Ioctl;

/// <summary>An open <c>/dev/crypto</c> of cryptodev-linux: an <c>Ioctl</c> for each of its structs.</summary>
public sealed class CryptodevLinuxFile : DevCryptoFile
{
    internal CryptodevLinuxFile(DeviceChannel channel, string origin)
        : base(channel, DialectInfo.CryptodevLinux, origin) { }

    /// <summary>Makes <c>CIOCFSESSION</c>, <c>CIOCASYMFEAT</c> or <c>CRIOGET</c>.</summary>
    /// <param name="request">The request code.</param>
    /// <param name="argument">What the request points to; a kernel may write it.</param>
    /// <returns>0 or more, or a negative errno: <c>-EINVAL</c> is -22. C's -1 and <c>errno</c> in one number.</returns>
    /// <exception cref="ArgumentException">The request is of another struct, or the dialect has none of that code.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public int Ioctl(uint request, ref uint argument) => Call(request, null, ref argument);

    /// <summary>Makes <c>CIOCGSESSION</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref session_op argument) => Call(request, CryptodevLinuxTable.SessionOp.Info, ref argument);

    /// <summary>Makes <c>CIOCCRYPT</c>, <c>CIOCASYNCCRYPT</c> or <c>CIOCASYNCFETCH</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_op argument) => Call(request, CryptodevLinuxTable.CryptOp.Info, ref argument);

    /// <summary>Makes <c>CIOCAUTHCRYPT</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_auth_op argument) => Call(request, CryptodevLinuxTable.CryptAuthOp.Info, ref argument);

    /// <summary>Makes <c>CIOCGSESSINFO</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref session_info_op argument) => Call(request, CryptodevLinuxTable.SessionInfoOp.Info, ref argument);

    /// <summary>Makes <c>CIOCCPHASH</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref cphash_op argument) => Call(request, CryptodevLinuxTable.CphashOp.Info, ref argument);

    /// <summary>Makes <c>CIOCKEY</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_kop argument) => Call(request, CryptodevLinuxTable.CryptKop.Info, ref argument);

    /// <summary>Makes <c>CRIOGET</c> and opens what it gives: a duplicate that shares all sessions.</summary>
    /// <inheritdoc cref="DevCryptoFile.CrioGet(out DevCryptoFile)"/>
    public int CrioGet(out CryptodevLinuxFile? file)
    {
        int result = CrioGet(out DevCryptoFile? made);
        file = (CryptodevLinuxFile?)made;
        return result;
    }
}
