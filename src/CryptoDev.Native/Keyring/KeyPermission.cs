namespace CryptoDev.Native;

/// <summary>The bits of KEYCTL_SETPERM, from keyctl_setperm(3). The kernel has them in no header for programs.</summary>
internal static class KeyPermission
{
    /// <summary>All permissions for a possessor, which is a thread that has the key in one of its keyrings.</summary>
    public const int KEY_POS_ALL = 0x3f000000;

    public const int KEY_USR_VIEW = 0x00010000;
    public const int KEY_USR_WRITE = 0x00040000;
    public const int KEY_USR_SEARCH = 0x00080000;
}
