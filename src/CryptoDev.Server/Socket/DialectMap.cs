using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Server.Socket;

/// <summary>The maps of a dialect, one for each word size.</summary>
internal sealed class DialectMaps(DialectInfo dialect)
{
    private readonly DialectMap _map64 = new(dialect, WordSize.LP64);
    private readonly DialectMap _map32 = new(dialect, WordSize.ILP32);

    /// <summary>The map for programs with pointers of that many bytes. Null: no such word size.</summary>
    public DialectMap? For(int wordSize) =>
        wordSize switch
        {
            8 => _map64,
            4 => _map32,
            _ => null,
        };
}

/// <summary>Describes a dialect to clients of one word size: which memory each ioctl is likely to access.</summary>
internal sealed class DialectMap
{
    private readonly DialectInfo _dialect;
    private readonly WordSize _wordSize;
    private readonly List<cds_map_field> _fields = [];
    private readonly Dictionary<string, (ushort First, ushort Count)> _known = [];

    public DialectMap(DialectInfo dialect, WordSize wordSize)
    {
        _dialect = dialect;
        _wordSize = wordSize;
        cds_map_entry[] entries = [.. dialect.Ioctls.Select(Entry)];
        Count = entries.Length;
        Bytes = [.. MemoryMarshal.AsBytes<cds_map_entry>(entries), .. MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_fields))];
    }

    /// <summary>The number of entries.</summary>
    public int Count { get; }

    /// <summary>
    /// The device supports only ioctl. The Linux driver has no read and write functions (EINVAL). The BSD drivers have functions that
    /// return EIO.
    /// </summary>
    public int TransferError => _dialect == DialectInfo.CryptodevLinux ? LibC.EINVAL : LibC.EIO;

    /// <summary>The encoded map: first the entries, then the fields.</summary>
    public byte[] Bytes { get; }

    private cds_map_entry Entry(IoctlInfo ioctl)
    {
        (ushort first, ushort count) = ioctl.Struct is { } argument ? Fields(argument) : default;
        return new cds_map_entry
        {
            request = ioctl.Code(_wordSize),
            size = checked((ushort)ioctl.ArgumentSize(_wordSize)),
            direction = (byte)(
                ioctl.Direction switch
                {
                    IoctlDirection.ToKernel => ShimProtocol.CDS_IN,
                    IoctlDirection.FromKernel => ShimProtocol.CDS_OUT,
                    _ => ShimProtocol.CDS_IN | ShimProtocol.CDS_OUT,
                }
            ),
            first = first,
            fields = count,
        };
    }

    private (ushort First, ushort Count) Fields(StructInfo owner)
    {
        if (_known.TryGetValue(owner.Name, out (ushort First, ushort Count) known))
        {
            return known;
        }

        // The fields of element structs are added first, so that the fields of this struct are contiguous.
        cds_map_field[] fields = [.. PointerFacts.All.Where(fact => fact.Struct == owner.Name).SelectMany(fact => Field(owner, fact))];
        known = (checked((ushort)_fields.Count), checked((ushort)fields.Length));
        _fields.AddRange(fields);
        _known.Add(owner.Name, known);
        return known;
    }

    private IEnumerable<cds_map_field> Field(StructInfo owner, PointerFact fact)
    {
        StructFieldInfo pointer = Find(owner, fact.Pointer);
        if (fact.Flags == ShimProtocol.CDS_PARAM)
        {
            return Parameters(owner, pointer);
        }

        StructInfo? element = fact.Element is null ? null : _dialect.Structs.First(candidate => candidate.Name == fact.Element);
        int size = element?.Size(_wordSize) ?? fact.ElementSize;
        (ushort first, ushort count) = element is null ? default : Fields(element);
        cds_map_field field = new()
        {
            pointer = checked((ushort)pointer.Offset(_wordSize)),
            flags = checked((ushort)fact.Flags),
            unit = size == 0 ? ShimProtocol.CDS_UNIT_BYTES : ShimProtocol.CDS_UNIT_ELEMENTS,
            size = (uint)size,
            first = first,
            fields = count,
        };
        if (fact.Length is not null)
        {
            StructFieldInfo length = Find(owner, fact.Length);
            field.length = checked((ushort)length.Offset(_wordSize));
            field.width = checked((byte)length.Size(_wordSize));
        }

        return [field];
    }

    private IEnumerable<cds_map_field> Parameters(StructInfo owner, StructFieldInfo list)
    {
        StructInfo parameter = _dialect.Structs.First(candidate => candidate.Name == "crparam");
        StructFieldInfo bits = Find(parameter, "crp_nbits");
        int size = parameter.Size(_wordSize);
        for (int index = 0; index < list.Size(_wordSize) / size; index++)
        {
            int at = list.Offset(_wordSize) + (index * size);
            yield return new cds_map_field
            {
                pointer = checked((ushort)(at + Find(parameter, "crp_p").Offset(_wordSize))),
                length = checked((ushort)(at + bits.Offset(_wordSize))),
                width = checked((byte)bits.Size(_wordSize)),
                unit = ShimProtocol.CDS_UNIT_BITS,
                flags = checked((ushort)ShimProtocol.CDS_PARAM),
                low = checked((ushort)Find(owner, "crk_iparams").Offset(_wordSize)),
                high = checked((ushort)Find(owner, "crk_oparams").Offset(_wordSize)),
                index = (ushort)index,
            };
        }
    }

    private static StructFieldInfo Find(StructInfo owner, string name) =>
        owner.Fields.FirstOrDefault(field => field.Name == name)
        ?? throw new InvalidOperationException($"struct {owner.Name} has no field {name}.");
}
