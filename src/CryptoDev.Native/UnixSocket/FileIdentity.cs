namespace CryptoDev.Native;

/// <summary>Identifies a file, with the properties that matter here.</summary>
internal readonly struct FileIdentity(in statx status)
{
    private readonly (uint Major, uint Minor, ulong Inode) _file = (status.stx_dev_major, status.stx_dev_minor, status.stx_ino);

    public uint Owner { get; } = status.stx_uid;

    public uint Links { get; } = status.stx_nlink;

    public ulong Size { get; } = status.stx_size;

    public bool IsSocket => (Mode & LibC.S_IFMT) == LibC.S_IFSOCK;

    public bool IsRegular => (Mode & LibC.S_IFMT) == LibC.S_IFREG;

    public bool IsPrivateFolder => (Mode & LibC.S_IFMT) == LibC.S_IFDIR && Owner == LibC.geteuid() && (Mode & 63) == 0;

    private ushort Mode { get; } = status.stx_mode;

    public bool IsSame(in FileIdentity other) => _file == other._file;
}
