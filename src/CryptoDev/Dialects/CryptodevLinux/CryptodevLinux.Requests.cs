using CryptoDev.Dialects;

namespace CryptoDev.Ioctl;

/// <content>The request codes for this process, computed from the structs.</content>
public static partial class CryptodevLinux
{
    /// <summary>A duplicate of the descriptor; its sessions are shared.</summary>
    public static uint CRIOGET => CryptodevLinuxTable.CRIOGET.Code();

    /// <summary>Creates a session.</summary>
    public static uint CIOCGSESSION => CryptodevLinuxTable.CIOCGSESSION.Code();

    /// <summary>Frees a session.</summary>
    public static uint CIOCFSESSION => CryptodevLinuxTable.CIOCFSESSION.Code();

    /// <summary>Runs an operation.</summary>
    public static uint CIOCCRYPT => CryptodevLinuxTable.CIOCCRYPT.Code();

    /// <summary>A key operation. The header defines it, and the module returns EINVAL.</summary>
    public static uint CIOCKEY => CryptodevLinuxTable.CIOCKEY.Code();

    /// <summary>The mask of key operations; always 0.</summary>
    public static uint CIOCASYMFEAT => CryptodevLinuxTable.CIOCASYMFEAT.Code();

    /// <summary>Which kernel drivers serve a session.</summary>
    public static uint CIOCGSESSINFO => CryptodevLinuxTable.CIOCGSESSINFO.Code();

    /// <summary>Runs an authenticated operation.</summary>
    public static uint CIOCAUTHCRYPT => CryptodevLinuxTable.CIOCAUTHCRYPT.Code();

    /// <summary>Starts an operation.</summary>
    public static uint CIOCASYNCCRYPT => CryptodevLinuxTable.CIOCASYNCCRYPT.Code();

    /// <summary>Fetches a finished operation.</summary>
    public static uint CIOCASYNCFETCH => CryptodevLinuxTable.CIOCASYNCFETCH.Code();

    /// <summary>Copies the running state of a hash.</summary>
    public static uint CIOCCPHASH => CryptodevLinuxTable.CIOCCPHASH.Code();
}
