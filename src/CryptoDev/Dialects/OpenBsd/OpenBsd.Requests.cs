using CryptoDev.Dialects;

namespace CryptoDev.Ioctl;

/// <content>The request codes for this process, computed from the structs.</content>
public static partial class OpenBsd
{
    /// <summary>A new descriptor with an empty context. All other calls need such a descriptor.</summary>
    public static uint CRIOGET => OpenBsdTable.CRIOGET.Code();

    /// <summary>Creates a session.</summary>
    public static uint CIOCGSESSION => OpenBsdTable.CIOCGSESSION.Code();

    /// <summary>Frees a session.</summary>
    public static uint CIOCFSESSION => OpenBsdTable.CIOCFSESSION.Code();

    /// <summary>Runs an operation.</summary>
    public static uint CIOCCRYPT => OpenBsdTable.CIOCCRYPT.Code();

    /// <summary>A key operation.</summary>
    public static uint CIOCKEY => OpenBsdTable.CIOCKEY.Code();

    /// <summary>The mask of key operations (<c>CIOCSYMFEAT</c> before 2005).</summary>
    public static uint CIOCASYMFEAT => OpenBsdTable.CIOCASYMFEAT.Code();
}
