using CryptoDev.Dialects;

namespace CryptoDev.Ioctl;

/// <content>The request codes for this process, computed from the structs.</content>
public static partial class FreeBsd
{
    /// <summary>A new descriptor with an empty context. Programs need it up to FreeBSD 12.</summary>
    public static uint CRIOGET => FreeBsdTable.CRIOGET.Code();

    /// <summary>Creates a session on hardware.</summary>
    public static uint CIOCGSESSION => FreeBsdTable.CIOCGSESSION.Code();

    /// <summary>Frees a session.</summary>
    public static uint CIOCFSESSION => FreeBsdTable.CIOCFSESSION.Code();

    /// <summary>Runs an operation.</summary>
    public static uint CIOCCRYPT => FreeBsdTable.CIOCCRYPT.Code();

    /// <summary>A key operation, up to FreeBSD 13.</summary>
    public static uint CIOCKEY => FreeBsdTable.CIOCKEY.Code();

    /// <summary>The mask of key operations, up to FreeBSD 13.</summary>
    public static uint CIOCASYMFEAT => FreeBsdTable.CIOCASYMFEAT.Code();

    /// <summary>Creates a session on a chosen driver or class.</summary>
    public static uint CIOCGSESSION2 => FreeBsdTable.CIOCGSESSION2.Code();

    /// <summary>A key operation on a chosen driver, up to FreeBSD 13.</summary>
    public static uint CIOCKEY2 => FreeBsdTable.CIOCKEY2.Code();

    /// <summary>Finds a driver's id by name, or its name by id.</summary>
    public static uint CIOCFINDDEV => FreeBsdTable.CIOCFINDDEV.Code();

    /// <summary>Runs an authenticated operation.</summary>
    public static uint CIOCCRYPTAEAD => FreeBsdTable.CIOCCRYPTAEAD.Code();
}
