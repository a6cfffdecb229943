namespace CryptoDev.Ioctl;

/// <summary>A field of a <see cref="StructInfo"/>. Immutable.</summary>
public sealed class StructFieldInfo
{
    private readonly (int Offset, int Size) _lp64;
    private readonly (int Offset, int Size) _ilp32;

    internal StructFieldInfo(string name, string type, (int Offset, int Size) lp64, (int Offset, int Size) ilp32)
    {
        Name = name;
        Type = type;
        _lp64 = lp64;
        _ilp32 = ilp32;
    }

    /// <summary>The name in C.</summary>
    public string Name { get; }

    /// <summary>The type: <c>u32</c>, <c>u16</c>, <c>int</c>, <c>size_t</c>, <c>pointer</c>, <c>char[32]</c>, or a struct's name.</summary>
    public string Type { get; }

    /// <summary>The offset from the start of the struct in bytes.</summary>
    public int Offset(WordSize wordSize) => wordSize == WordSize.LP64 ? _lp64.Offset : _ilp32.Offset;

    /// <summary>The size of the field in bytes.</summary>
    public int Size(WordSize wordSize) => wordSize == WordSize.LP64 ? _lp64.Size : _ilp32.Size;

    /// <summary>The type and the name.</summary>
    public override string ToString() => $"{Type} {Name}";
}

/// <summary>The layout of one C struct of a dialect, for both word sizes. Immutable.</summary>
public sealed class StructInfo
{
    private readonly int _lp64;
    private readonly int _ilp32;

    internal StructInfo(Type type, IReadOnlyList<StructFieldInfo> fields, int lp64, int ilp32)
    {
        Type = type;
        Fields = fields;
        _lp64 = lp64;
        _ilp32 = ilp32;
    }

    /// <summary>Its declaration in C#.</summary>
    internal Type Type { get; }

    /// <summary>The struct tag in C, for example <c>session_op</c>.</summary>
    public string Name => Type.Name;

    /// <summary>The fields in order, without padding.</summary>
    public IReadOnlyList<StructFieldInfo> Fields { get; }

    /// <summary>The size of the struct in bytes, with padding.</summary>
    public int Size(WordSize wordSize) => wordSize == WordSize.LP64 ? _lp64 : _ilp32;

    /// <summary>The struct tag in C.</summary>
    public override string ToString() => Name;
}
