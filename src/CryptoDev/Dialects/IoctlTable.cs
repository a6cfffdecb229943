using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using CryptoDev.Ioctl;

namespace CryptoDev.Dialects;

/// <summary>
/// The structs and ioctls of one dialect, in the order of their declaration. Each declaration is a row. Its name is the name in C, so no
/// other list of names is needed.
/// </summary>
internal sealed class IoctlTable(IoctlEncoding encoding)
{
    private readonly List<IoctlInfo> _ioctls = [];
    private readonly List<StructInfo> _structs = [];

    public IReadOnlyList<IoctlInfo> Ioctls => _ioctls;

    public IReadOnlyList<StructInfo> Structs => _structs;

    /// <summary>Adds a struct.</summary>
    /// <param name="parts">The layout of fields whose C# types are not plain numbers.</param>
    public StructCodec<T> Struct<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields)] T
    >(params (Type Type, StructPart Part)[] parts)
        where T : unmanaged
    {
        StructCodec<T> codec = new(parts);
        _structs.Add(codec.Info);
        return codec;
    }

    /// <summary>Adds an ioctl. Its name is that of the property that is declared.</summary>
    /// <param name="direction">Which way the argument is copied.</param>
    /// <param name="number">The command number within group <c>'c'</c>.</param>
    /// <param name="argument">The struct, or null for <c>u32</c>.</param>
    /// <param name="note">Which kernels have it, if not all have it.</param>
    /// <param name="offeredToIlp32">Whether a 64-bit kernel accepts it from 32-bit callers.</param>
    /// <param name="name">Do not give it. The compiler does.</param>
    public IoctlInfo Ioctl(
        IoctlDirection direction,
        byte number,
        StructInfo? argument,
        string note = "",
        bool offeredToIlp32 = true,
        [CallerMemberName] string name = ""
    )
    {
        IoctlInfo ioctl = new(encoding, name, direction, number, argument, note, offeredToIlp32);
        _ioctls.Add(ioctl);
        return ioctl;
    }
}
