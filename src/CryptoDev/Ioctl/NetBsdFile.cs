using CryptoDev.Dialects;
using CryptoDev.Native;
using static CryptoDev.Ioctl.NetBsd;

namespace CryptoDev.Ioctl;

/// <summary>An open <c>/dev/crypto</c> of NetBSD: an <c>Ioctl</c> for each of its structs.</summary>
public sealed class NetBsdFile : DevCryptoFile
{
    internal NetBsdFile(DeviceChannel channel, string origin)
        : base(channel, DialectInfo.NetBsd, origin) { }

    /// <summary>Makes <c>CIOCFSESSION</c>, <c>CIOCASYMFEAT</c> or <c>CRIOGET</c>.</summary>
    /// <param name="request">The request code.</param>
    /// <param name="argument">What the request points to; a kernel may write it.</param>
    /// <returns>0 or more, or a negative errno: <c>-EINVAL</c> is -22. C's -1 and <c>errno</c> in one number.</returns>
    /// <exception cref="ArgumentException">The request is of another struct, or the dialect has none of that code.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public int Ioctl(uint request, ref uint argument) => Call(request, null, ref argument);

    /// <summary>Makes <c>CIOCGSESSION</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref session_op argument) => Call(request, NetBsdTable.SessionOp.Info, ref argument);

    /// <summary>Makes <c>CIOCCRYPT</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_op argument) => Call(request, NetBsdTable.CryptOp.Info, ref argument);

    /// <summary>Makes <c>CIOCKEY</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_kop argument) => Call(request, NetBsdTable.CryptKop.Info, ref argument);

    /// <summary>Makes <c>CIOCNGSESSION</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_sgop argument) => Call(request, NetBsdTable.CryptSgop.Info, ref argument);

    /// <summary>Makes <c>CIOCNFSESSION</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_sfop argument) => Call(request, NetBsdTable.CryptSfop.Info, ref argument);

    /// <summary>Makes <c>CIOCNCRYPTM</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_mop argument) => Call(request, NetBsdTable.CryptMop.Info, ref argument);

    /// <summary>Makes <c>CIOCNFKEYM</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_mkop argument) => Call(request, NetBsdTable.CryptMkop.Info, ref argument);

    /// <summary>Makes <c>CIOCNCRYPTRETM</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref cryptret argument) => Call(request, NetBsdTable.Cryptret.Info, ref argument);

    /// <summary>Makes <c>CIOCNCRYPTRET</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_result argument) => Call(request, NetBsdTable.CryptResult.Info, ref argument);

    /// <summary>Makes <c>OCIOCGSESSION</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref osession_op argument) => Call(request, NetBsdTable.OsessionOp.Info, ref argument);

    /// <summary>Makes <c>OCIOCCRYPT</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref ocrypt_op argument) => Call(request, NetBsdTable.OcryptOp.Info, ref argument);

    /// <summary>Makes <c>OCIOCNGSESSION</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref ocrypt_sgop argument) => Call(request, NetBsdTable.OcryptSgop.Info, ref argument);

    /// <summary>Makes <c>OCIOCNCRYPTM</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref ocrypt_mop argument) => Call(request, NetBsdTable.OcryptMop.Info, ref argument);

    /// <summary>Makes <c>CRIOGET</c> and opens what it gives: an empty context of its own.</summary>
    /// <inheritdoc cref="DevCryptoFile.CrioGet(out DevCryptoFile)"/>
    public int CrioGet(out NetBsdFile? file)
    {
        int result = CrioGet(out DevCryptoFile? made);
        file = (NetBsdFile?)made;
        return result;
    }
}
