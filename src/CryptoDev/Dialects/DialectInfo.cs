using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using CryptoDev.Dialects;

namespace CryptoDev.Ioctl;

/// <summary>A named number of a dialect's header.</summary>
public readonly struct ConstantInfo
{
    internal ConstantInfo(string name, uint value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>The name in C.</summary>
    public string Name { get; }

    /// <summary>The number.</summary>
    public uint Value { get; }
}

/// <summary>One line of a dialect's ABI: a field of the struct that an ioctl takes, or that one points to.</summary>
public readonly struct AbiRow
{
    internal AbiRow(string ioctl, uint code, string structName, int structSize, string field, string type, int offset, int size)
    {
        Ioctl = ioctl;
        Code = code;
        Struct = structName;
        StructSize = structSize;
        Field = field;
        Type = type;
        Offset = offset;
        Size = size;
    }

    /// <summary>The ioctl's name, or empty for a struct that is only pointed to.</summary>
    public string Ioctl { get; }

    /// <summary>The request code, 0 for a struct that is only pointed to.</summary>
    public uint Code { get; }

    /// <summary>The struct's name, or <c>u32</c>.</summary>
    public string Struct { get; }

    /// <summary>Bytes of the struct.</summary>
    public int StructSize { get; }

    /// <summary>The field's name, or empty where the argument is one number.</summary>
    public string Field { get; }

    /// <summary>The field's type.</summary>
    public string Type { get; }

    /// <summary>Bytes from the start of the struct.</summary>
    public int Offset { get; }

    /// <summary>Bytes of the field.</summary>
    public int Size { get; }
}

/// <summary>One of the four ABIs of <c>/dev/crypto</c> as data: the ioctls, the structs and the numbers of its header. Immutable.</summary>
public sealed class DialectInfo
{
    private const DynamicallyAccessedMemberTypes HeaderMembers = DynamicallyAccessedMemberTypes.PublicFields;

    private DialectInfo(string name, string title, IoctlTable table, [DynamicallyAccessedMembers(HeaderMembers)] Type header)
    {
        Name = name;
        Title = title;
        Ioctls = table.Ioctls;
        Structs = table.Structs;
        Constants =
        [
            .. header
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(field => field.IsLiteral)
                .Select(field => new ConstantInfo(field.Name, Convert.ToUInt32(field.GetRawConstantValue(), null))),
        ];
    }

    /// <summary>cryptodev-linux 1.14.</summary>
    public static DialectInfo CryptodevLinux { get; } = new("linux", "cryptodev-linux", CryptodevLinuxTable.Rows, typeof(CryptodevLinux));

    /// <summary>NetBSD, with COMPAT_50.</summary>
    public static DialectInfo NetBsd { get; } = new("netbsd", "NetBSD", NetBsdTable.Rows, typeof(NetBsd));

    /// <summary>FreeBSD 12 to 14.</summary>
    public static DialectInfo FreeBsd { get; } = new("freebsd", "FreeBSD", FreeBsdTable.Rows, typeof(FreeBsd));

    /// <summary>OpenBSD 2002 to 2014.</summary>
    public static DialectInfo OpenBsd { get; } = new("openbsd", "OpenBSD", OpenBsdTable.Rows, typeof(OpenBsd));

    /// <summary>All four.</summary>
    public static IReadOnlyList<DialectInfo> All { get; } = [CryptodevLinux, NetBsd, FreeBsd, OpenBsd];

    /// <summary>The name used on command lines: <c>linux</c>, <c>netbsd</c>, <c>freebsd</c> or <c>openbsd</c>.</summary>
    public string Name { get; }

    /// <summary>The name used in sentences.</summary>
    public string Title { get; }

    /// <summary>The ioctls, in the order of their header.</summary>
    public IReadOnlyList<IoctlInfo> Ioctls { get; }

    /// <summary>The structs, with those that are only pointed to.</summary>
    public IReadOnlyList<StructInfo> Structs { get; }

    /// <summary>Ids, operations, flags and limits.</summary>
    public IReadOnlyList<ConstantInfo> Constants { get; }

    /// <summary>Finds a dialect by <see cref="Name"/>.</summary>
    /// <exception cref="ArgumentException">There is no dialect with that name.</exception>
    public static DialectInfo Parse(string name) =>
        All.FirstOrDefault(dialect => dialect.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException(
            $"'{name}' is not a dialect; there are {string.Join(", ", All.Select(dialect => dialect.Name))}.",
            nameof(name)
        );

    /// <summary>The ioctl with this request code for a caller of the given word size, or null.</summary>
    public IoctlInfo? FindIoctl(uint code, WordSize wordSize)
    {
        foreach (IoctlInfo ioctl in Ioctls)
        {
            if (ioctl.Code(wordSize) == code)
            {
                return ioctl;
            }
        }

        return null;
    }

    /// <summary>The whole ABI, one line for each field: first the ioctls' arguments, then the structs that are only pointed to.</summary>
    public IEnumerable<AbiRow> Rows(WordSize wordSize)
    {
        foreach (IoctlInfo ioctl in Ioctls)
        {
            if (ioctl.Struct is null)
            {
                yield return new AbiRow(
                    ioctl.Name,
                    ioctl.Code(wordSize),
                    ioctl.ArgumentType,
                    sizeof(uint),
                    string.Empty,
                    ioctl.ArgumentType,
                    0,
                    sizeof(uint)
                );
                continue;
            }

            foreach (StructFieldInfo field in ioctl.Struct.Fields)
            {
                yield return Row(ioctl.Name, ioctl.Code(wordSize), ioctl.Struct, field, wordSize);
            }
        }

        foreach (StructInfo pointee in Structs.Where(candidate => Ioctls.All(ioctl => ioctl.Struct != candidate)))
        {
            foreach (StructFieldInfo field in pointee.Fields)
            {
                yield return Row(string.Empty, 0, pointee, field, wordSize);
            }
        }
    }

    /// <summary>The title.</summary>
    public override string ToString() => Title;

    private static AbiRow Row(string ioctl, uint code, StructInfo owner, StructFieldInfo field, WordSize wordSize) =>
        new(ioctl, code, owner.Name, owner.Size(wordSize), field.Name, field.Type, field.Offset(wordSize), field.Size(wordSize));
}
