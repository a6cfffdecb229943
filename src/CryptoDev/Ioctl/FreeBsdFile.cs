using CryptoDev.Dialects;
using CryptoDev.Native;
using static CryptoDev.Ioctl.FreeBsd;

namespace CryptoDev.Ioctl;

/// <summary>An open <c>/dev/crypto</c> of FreeBSD: an <c>Ioctl</c> for each of its structs.</summary>
public sealed class FreeBsdFile : DevCryptoFile
{
    internal FreeBsdFile(DeviceChannel channel, string origin)
        : base(channel, DialectInfo.FreeBsd, origin) { }

    /// <summary>Makes <c>CIOCFSESSION</c>, <c>CIOCASYMFEAT</c> or <c>CRIOGET</c>.</summary>
    /// <param name="request">The request code.</param>
    /// <param name="argument">What the request points to; a kernel may write it.</param>
    /// <returns>0 or more, or a negative errno: <c>-EINVAL</c> is -22. C's -1 and <c>errno</c> in one number.</returns>
    /// <exception cref="ArgumentException">The request is of another struct, or the dialect has none of that code.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public int Ioctl(uint request, ref uint argument) => Call(request, null, ref argument);

    /// <summary>Makes <c>CIOCGSESSION</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref session_op argument) => Call(request, FreeBsdTable.SessionOp.Info, ref argument);

    /// <summary>Makes <c>CIOCGSESSION2</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref session2_op argument) => Call(request, FreeBsdTable.Session2Op.Info, ref argument);

    /// <summary>Makes <c>CIOCCRYPT</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_op argument) => Call(request, FreeBsdTable.CryptOp.Info, ref argument);

    /// <summary>Makes <c>CIOCCRYPTAEAD</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_aead argument) => Call(request, FreeBsdTable.CryptAead.Info, ref argument);

    /// <summary>Makes <c>CIOCFINDDEV</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_find_op argument) => Call(request, FreeBsdTable.CryptFindOp.Info, ref argument);

    /// <summary>Makes <c>CIOCKEY</c> or <c>CIOCKEY2</c>.</summary>
    /// <inheritdoc cref="Ioctl(uint, ref uint)"/>
    public int Ioctl(uint request, ref crypt_kop argument) => Call(request, FreeBsdTable.CryptKop.Info, ref argument);

    /// <summary>Makes <c>CRIOGET</c> and opens what it gives: an empty context of its own.</summary>
    /// <inheritdoc cref="DevCryptoFile.CrioGet(out DevCryptoFile)"/>
    public int CrioGet(out FreeBsdFile? file)
    {
        int result = CrioGet(out DevCryptoFile? made);
        file = (FreeBsdFile?)made;
        return result;
    }
}
