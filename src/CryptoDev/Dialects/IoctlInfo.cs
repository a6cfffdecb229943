using CryptoDev.Dialects;

namespace CryptoDev.Ioctl;

/// <summary>Which way the argument of an ioctl is copied.</summary>
public enum IoctlDirection
{
    /// <summary>From the kernel to the caller: <c>_IOR</c>.</summary>
    FromKernel,

    /// <summary>From the caller to the kernel: <c>_IOW</c>.</summary>
    ToKernel,

    /// <summary>Both: <c>_IOWR</c>.</summary>
    Both,
}

/// <summary>
/// One ioctl of a dialect. Its request code follows from direction, group, number and size by the rules of the dialect's platform.
/// Immutable.
/// </summary>
public sealed class IoctlInfo
{
    private readonly StructInfo? _struct;

    private readonly uint _lp64;
    private readonly uint _ilp32;

    internal IoctlInfo(
        IoctlEncoding encoding,
        string name,
        IoctlDirection direction,
        byte number,
        StructInfo? argument,
        string note = "",
        bool offeredToIlp32 = true
    )
    {
        Name = name;
        Direction = direction;
        Number = number;
        _struct = argument;
        Note = note;
        IsOfferedToIlp32 = offeredToIlp32;
        _lp64 = encoding(direction, number, ArgumentSize(WordSize.LP64));
        _ilp32 = encoding(direction, number, ArgumentSize(WordSize.ILP32));
    }

    /// <summary>The name in C, for example <c>CIOCGSESSION</c>.</summary>
    public string Name { get; }

    /// <summary>Which way the argument is copied.</summary>
    public IoctlDirection Direction { get; }

    /// <summary>The command number within group <c>'c'</c>.</summary>
    public byte Number { get; }

    /// <summary>The struct that the argument points to, or null if it is one <c>u32</c>.</summary>
    public StructInfo? Struct => _struct;

    /// <summary>The name of the argument's type: that of the struct, or <c>u32</c>.</summary>
    public string ArgumentType => _struct?.Name ?? "u32";

    /// <summary>Which kernels have the ioctl, if not all kernels of the dialect have it. Otherwise empty.</summary>
    public string Note { get; }

    /// <summary>Whether a 64-bit kernel of this dialect accepts it from 32-bit callers.</summary>
    public bool IsOfferedToIlp32 { get; }

    /// <summary>The size of the argument in bytes.</summary>
    public int ArgumentSize(WordSize wordSize) => _struct?.Size(wordSize) ?? sizeof(uint);

    /// <summary>The request code for callers of the given word size.</summary>
    public uint Code(WordSize wordSize) => wordSize == WordSize.LP64 ? _lp64 : _ilp32;

    /// <summary>The request code for this process.</summary>
    public uint Code() => Code(NativeWordSize.Current);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
