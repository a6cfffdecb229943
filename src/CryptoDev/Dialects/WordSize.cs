namespace CryptoDev.Ioctl;

/// <summary>
/// The width of a caller's <c>long</c> and pointers. A 64-bit kernel can have 32-bit callers, whose structs have another layout.
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
