namespace CryptoDev.Ioctl;

/// <summary>
/// How wide a caller's <c>long</c> and pointers are. A 64-bit kernel may be called by 32-bit programs, whose structs are laid out
/// differently.
/// </summary>
public enum WordSize
{
    /// <summary>64-bit pointers and <c>size_t</c>.</summary>
    LP64,

    /// <summary>32-bit pointers and <c>size_t</c>.</summary>
    ILP32,
}

/// <summary>The word size this process was started with.</summary>
internal static class NativeWordSize
{
    public static WordSize Current { get; } = IntPtr.Size == 8 ? WordSize.LP64 : WordSize.ILP32;
}
