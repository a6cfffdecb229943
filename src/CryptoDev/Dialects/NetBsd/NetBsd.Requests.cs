using CryptoDev.Dialects;

namespace CryptoDev.Ioctl;

/// <content>The request codes for this process, computed from the structs.</content>
public static partial class NetBsd
{
    /// <summary>A new descriptor with an empty context. Programs do not need it.</summary>
    public static uint CRIOGET => NetBsdTable.CRIOGET.Code();

    /// <summary>Frees a session.</summary>
    public static uint CIOCFSESSION => NetBsdTable.CIOCFSESSION.Code();

    /// <summary>A key operation.</summary>
    public static uint CIOCKEY => NetBsdTable.CIOCKEY.Code();

    /// <summary>The mask of key operations.</summary>
    public static uint CIOCASYMFEAT => NetBsdTable.CIOCASYMFEAT.Code();

    /// <summary>Starts many key operations.</summary>
    public static uint CIOCNFKEYM => NetBsdTable.CIOCNFKEYM.Code();

    /// <summary>Frees many sessions.</summary>
    public static uint CIOCNFSESSION => NetBsdTable.CIOCNFSESSION.Code();

    /// <summary>Fetches many results.</summary>
    public static uint CIOCNCRYPTRETM => NetBsdTable.CIOCNCRYPTRETM.Code();

    /// <summary>Fetches one result.</summary>
    public static uint CIOCNCRYPTRET => NetBsdTable.CIOCNCRYPTRET.Code();

    /// <summary>Creates a session.</summary>
    public static uint CIOCGSESSION => NetBsdTable.CIOCGSESSION.Code();

    /// <summary>Creates many sessions.</summary>
    public static uint CIOCNGSESSION => NetBsdTable.CIOCNGSESSION.Code();

    /// <summary>Runs an operation.</summary>
    public static uint CIOCCRYPT => NetBsdTable.CIOCCRYPT.Code();

    /// <summary>Starts many operations.</summary>
    public static uint CIOCNCRYPTM => NetBsdTable.CIOCNCRYPTM.Code();

    /// <summary>COMPAT_50: creates a session.</summary>
    public static uint OCIOCGSESSION => NetBsdTable.OCIOCGSESSION.Code();

    /// <summary>COMPAT_50: runs an operation.</summary>
    public static uint OCIOCCRYPT => NetBsdTable.OCIOCCRYPT.Code();

    /// <summary>COMPAT_50. The header defines it, and the kernel returns EINVAL.</summary>
    public static uint OCIOCNGSESSION => NetBsdTable.OCIOCNGSESSION.Code();

    /// <summary>COMPAT_50: starts operations. It works only for one operation.</summary>
    public static uint OCIOCNCRYPTM => NetBsdTable.OCIOCNCRYPTM.Code();
}
