using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CryptoDev.Ioctl;

namespace CryptoDev.Dialects;

/// <summary>A type of fields: its size and alignment for both word sizes, and the offsets and sizes of the numbers in it.</summary>
internal abstract class StructPart
{
    private static readonly Dictionary<Type, StructPart> s_scalars = new()
    {
        [typeof(byte)] = new Scalar("u8", 1, 1),
        [typeof(ushort)] = new Scalar("u16", 2, 2),
        [typeof(uint)] = new Scalar("u32", 4, 4),
        [typeof(int)] = new Scalar("int", 4, 4),
        [typeof(nint)] = new Scalar("pointer", 8, 4),
        [typeof(nuint)] = new Scalar("size_t", 8, 4),
    };

    /// <summary>The name of the type.</summary>
    public abstract string Name { get; }

    public abstract int Size(WordSize wordSize);

    public abstract int Alignment(WordSize wordSize);

    /// <summary>The offset and size of every number in the type, for LP64 and for ILP32.</summary>
    public abstract IEnumerable<(int WideOffset, int WideSize, int NarrowOffset, int NarrowSize)> Runs { get; }

    /// <summary>An array of <paramref name="count"/> elements; in C# an inline array.</summary>
    public static StructPart Array<TElement>(int count) => new Repeated(s_scalars[typeof(TElement)], count);

    /// <summary>An array of characters.</summary>
    public static StructPart Characters(int count) => new Repeated(new Scalar("char", 1, 1), count);

    /// <summary>An array of structs.</summary>
    public static StructPart Array(StructPart element, int count) => new Repeated(element, count);

    protected static StructPart? ScalarOf(Type type) => s_scalars.GetValueOrDefault(type);

    protected static int AlignUp(int offset, int alignment) => (offset + alignment - 1) / alignment * alignment;

    private sealed class Scalar(string name, int wide, int narrow) : StructPart
    {
        public override string Name => name;

        public override IEnumerable<(int WideOffset, int WideSize, int NarrowOffset, int NarrowSize)> Runs => [(0, wide, 0, narrow)];

        public override int Size(WordSize wordSize) => wordSize == WordSize.LP64 ? wide : narrow;

        public override int Alignment(WordSize wordSize) => Size(wordSize);
    }

    private sealed class Repeated(StructPart element, int count) : StructPart
    {
        public override string Name => $"{element.Name}[{count}]";

        public override IEnumerable<(int WideOffset, int WideSize, int NarrowOffset, int NarrowSize)> Runs =>
            Enumerable
                .Range(0, count)
                .SelectMany(index =>
                    element.Runs.Select(run =>
                        (
                            (index * element.Size(WordSize.LP64)) + run.WideOffset,
                            run.WideSize,
                            (index * element.Size(WordSize.ILP32)) + run.NarrowOffset,
                            run.NarrowSize
                        )
                    )
                );

        public override int Size(WordSize wordSize) => count * element.Size(wordSize);

        public override int Alignment(WordSize wordSize) => element.Alignment(wordSize);
    }
}

/// <summary>
/// Reads and writes one C struct in the layout of callers of either word size. The layout follows from the declaration of
/// <typeparamref name="T"/> by natural alignment, which every C compiler of our platforms uses. The bytes are little-endian, as are all
/// machines that this library runs on.
/// </summary>
internal sealed class StructCodec<
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields)] T
> : StructPart
    where T : unmanaged
{
    private readonly (int WideOffset, int WideSize, int NarrowOffset, int NarrowSize)[] _runs;
    private readonly int[] _alignments = [1, 1];

    /// <param name="parts">The layout of fields whose C# types are not plain numbers.</param>
    public StructCodec(params (Type Type, StructPart Part)[] parts)
    {
        List<StructFieldInfo> fields = [];
        List<(int, int, int, int)> runs = [];
        int[] end = [0, 0];

        // Sorted by offset, because reflection does not guarantee an order.
        foreach (
            FieldInfo field in typeof(T)
                .GetFields(BindingFlags.Instance | BindingFlags.Public)
                .OrderBy(field => (int)Marshal.OffsetOf<T>(field.Name))
        )
        {
            StructPart part =
                parts.FirstOrDefault(entry => entry.Type == field.FieldType).Part
                ?? ScalarOf(field.FieldType)
                ?? throw new ArgumentException(
                    $"{typeof(T).Name}.{field.Name} has the type {field.FieldType.Name}, which is neither a number nor among the parts.",
                    nameof(parts)
                );
            int wide = Place(part, WordSize.LP64, end);
            int narrow = Place(part, WordSize.ILP32, end);
            fields.Add(new StructFieldInfo(field.Name, part.Name, (wide, part.Size(WordSize.LP64)), (narrow, part.Size(WordSize.ILP32))));
            runs.AddRange(part.Runs.Select(run => (wide + run.WideOffset, run.WideSize, narrow + run.NarrowOffset, run.NarrowSize)));
        }

        Info = new StructInfo(typeof(T), fields, AlignUp(end[0], _alignments[0]), AlignUp(end[1], _alignments[1]));
        _runs = [.. runs];
        Debug.Assert(Unsafe.SizeOf<T>() == Info.Size(NativeWordSize.Current), $"{Info.Name} is not laid out by natural alignment.");
    }

    public StructInfo Info { get; }

    public override string Name => Info.Name;

    public override IEnumerable<(int WideOffset, int WideSize, int NarrowOffset, int NarrowSize)> Runs => _runs;

    public override int Size(WordSize wordSize) => Info.Size(wordSize);

    public override int Alignment(WordSize wordSize) => _alignments[wordSize == WordSize.LP64 ? 0 : 1];

    /// <summary>Reads the struct from the caller's bytes. The pointers of 32-bit callers are extended with zeros.</summary>
    public T Decode(ReadOnlySpan<byte> bytes, WordSize wordSize)
    {
        CheckLength(bytes.Length, wordSize);
        if (wordSize == NativeWordSize.Current)
        {
            return MemoryMarshal.Read<T>(bytes);
        }

        T value = default;
        Span<byte> native = MemoryMarshal.AsBytes(new Span<T>(ref value));
        foreach ((int wideOffset, int wideSize, int narrowOffset, int narrowSize) in _runs)
        {
            // Only the low bytes that both sizes have are copied. The high bytes of a wider number stay zero.
            int size = Math.Min(wideSize, narrowSize);
            if (wordSize == WordSize.ILP32)
            {
                bytes.Slice(narrowOffset, size).CopyTo(native[wideOffset..]);
            }
            else
            {
                bytes.Slice(wideOffset, size).CopyTo(native[narrowOffset..]);
            }
        }

        return value;
    }

    /// <summary>Writes the struct in the caller's layout. Padding is zero.</summary>
    public void Encode(in T value, Span<byte> bytes, WordSize wordSize)
    {
        CheckLength(bytes.Length, wordSize);
        if (wordSize == NativeWordSize.Current)
        {
            MemoryMarshal.Write(bytes, value);
            return;
        }

        bytes[..Size(wordSize)].Clear();
        ReadOnlySpan<byte> native = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));
        foreach ((int wideOffset, int wideSize, int narrowOffset, int narrowSize) in _runs)
        {
            int size = Math.Min(wideSize, narrowSize);
            if (wordSize == WordSize.ILP32)
            {
                native.Slice(wideOffset, size).CopyTo(bytes[narrowOffset..]);
            }
            else
            {
                native.Slice(narrowOffset, size).CopyTo(bytes[wideOffset..]);
            }
        }
    }

    private int Place(StructPart part, WordSize wordSize, int[] end)
    {
        int index = wordSize == WordSize.LP64 ? 0 : 1;
        int offset = AlignUp(end[index], part.Alignment(wordSize));
        end[index] = offset + part.Size(wordSize);
        _alignments[index] = Math.Max(_alignments[index], part.Alignment(wordSize));
        return offset;
    }

    private void CheckLength(int length, WordSize wordSize)
    {
        if (length < Size(wordSize))
        {
            throw new ArgumentException($"{Name} has {Size(wordSize)} bytes for {wordSize} callers; {length} were given.", nameof(length));
        }
    }
}
