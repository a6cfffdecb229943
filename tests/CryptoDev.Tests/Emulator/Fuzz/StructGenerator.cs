using System.Buffers.Binary;
using CryptoDev.Dialects;
using CryptoDev.Ioctl;

namespace CryptoDev.Tests.Emulator.Fuzz;

/// <summary>
/// Fills a dialect's structs with values that are mostly sensible for the field, by its name: ids with key lengths that go with them,
/// sessions that exist, lengths around limits.
/// </summary>
internal sealed class StructGenerator(DialectInfo dialect, DialectCodec codec, FuzzProcess process, Random random)
{
    private static readonly uint[] s_lengths = [0, 1, 15, 16, 17, 32, 48, 61, 64, 80, 100, 128, 256, 1000, 1024, 4096];
    private static readonly uint[] s_longLengths =
    [
        16384,
        65520,
        65532,
        65536,
        262128,
        262140,
        262144,
        1 << 20,
        int.MaxValue,
        0x8000_0000,
        uint.MaxValue,
        uint.MaxValue - 15,
    ];
    private static readonly uint[] s_bits = [0, 1, 8, 9, 64, 128, 160, 256];

    private uint _cipherKey;
    private uint _macKey;

    /// <summary>An ioctl's argument, and the elements it points to, in the arena.</summary>
    /// <returns>The arena's offset of the argument.</returns>
    public int Write(IoctlInfo ioctl)
    {
        int offset = random.Next(1024) * 16;
        if (ioctl.Struct is null)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(process.At(offset, 4), Session());
            return offset;
        }

        Fill(ioctl.Struct, process.At(offset, ioctl.Struct.Size(process.WordSize)));
        return offset;
    }

    /// <summary>The ids of the open file that is worked on.</summary>
    public IdPool Ids { get; set; } = new();

    /// <summary>Remembers the ids that an ioctl gave.</summary>
    public void Learn(IoctlInfo ioctl, int offset)
    {
        if (ioctl.Struct is null)
        {
            return;
        }

        Span<byte> bytes = process.At(offset, ioctl.Struct.Size(process.WordSize));
        LearnFrom(ioctl.Struct, bytes);
        if (ElementOf(ioctl.Struct) is { } element && Read(ioctl.Struct, "count", bytes) is > 0 and <= 8 and ulong count)
        {
            ulong address = Read(ioctl.Struct, ioctl.Struct.Fields[1].Name, bytes) - FuzzProcess.Arena;
            int size = element.Size(process.WordSize);
            for (ulong i = 0; i < count && address + ((i + 1) * (ulong)size) <= (ulong)process.ArenaLength; i++)
            {
                LearnFrom(element, process.At((int)(address + (i * (ulong)size)), size));
            }
        }
    }

    private void LearnFrom(StructInfo info, ReadOnlySpan<byte> bytes)
    {
        if (info.Name.Contains("session", StringComparison.Ordinal))
        {
            Ids.Sessions.Add((uint)Read(info, "ses", bytes));
        }
        else if (info.Fields.Any(field => field.Name is "reqid" or "crk_reqid"))
        {
            Ids.Requests.Add((uint)Read(info, info.Fields.First(field => field.Name is "reqid" or "crk_reqid").Name, bytes));
        }
    }

    private ulong Read(StructInfo info, string name, ReadOnlySpan<byte> bytes)
    {
        StructFieldInfo? field = info.Fields.FirstOrDefault(one => one.Name == name);
        if (field is null)
        {
            return 0;
        }

        bytes = bytes[field.Offset(process.WordSize)..];
        return field.Size(process.WordSize) == 8
            ? BinaryPrimitives.ReadUInt64LittleEndian(bytes)
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private void Fill(StructInfo info, Span<byte> bytes)
    {
        bytes.Clear();
        foreach (StructFieldInfo field in info.Fields)
        {
            Span<byte> place = bytes.Slice(field.Offset(process.WordSize), field.Size(process.WordSize));
            if (random.Next(200) == 0)
            {
                random.NextBytes(place);
            }
            else if (field.Name == "crk_param")
            {
                FillParameters(place);
            }
            else if (ElementOf(info) is { } element && field == info.Fields[1])
            {
                Put(place, FillElements(element));
            }
            else if (place.Length <= 8)
            {
                Put(place, Value(info, field));
            }
        }

        uint cipher = (uint)Read(info, "cipher", bytes);
        if (
            info.Name.Contains("session", StringComparison.Ordinal)
            && codec.Numbers.Rows.Any(row => row.Role == NumberRole.Aead && row.Id == cipher)
        )
        {
            AddMate(info, bytes);
        }

        if (info.Name == "crypt_auth_op" && random.Next(2) == 0)
        {
            PutInPacket(info, bytes);
        }

        // Counts that fit the operation, else nothing gets beyond them.
        if (
            info.Fields.Any(field => field.Name == "crk_iparams")
            && random.Next(10) != 0
            && codec.KeyOperations.Find((uint)Read(info, "crk_op", bytes)) is { } row
        )
        {
            Put(Place(info, "crk_iparams", bytes), (ulong)row.Inputs);
            Put(Place(info, "crk_oparams", bytes), (ulong)row.Outputs);
        }
    }

    /// <summary>An AEAD with the MAC id and the key again that some dialects want beside it.</summary>
    private void AddMate(StructInfo info, Span<byte> bytes)
    {
        AlgorithmNumber[] mates =
        [
            .. codec.Numbers.Rows.Where(row => row.Role == NumberRole.AeadMate && row.KeySizes.Contains((int)_cipherKey)),
        ];
        bool wanted = mates.Length != 0 && random.Next(2) == 0;
        Put(Place(info, "mac", bytes), wanted ? mates[random.Next(mates.Length)].Id : 0);
        Put(Place(info, "mackeylen", bytes), wanted ? _cipherKey : 0);
        Put(Place(info, "mackey", bytes), Read(info, "key", bytes));
    }

    /// <summary>In place, and the packet that an SRTP record lies in.</summary>
    private void PutInPacket(StructInfo info, Span<byte> bytes)
    {
        ulong source = Read(info, "src", bytes);
        ulong header = (ulong)random.Next(40);
        Put(Place(info, "dst", bytes), source);
        Put(Place(info, "auth_src", bytes), source - header);
        Put(
            Place(info, "auth_len", bytes),
            header + (random.Next(10) == 0 ? s_longLengths[random.Next(s_longLengths.Length)] : Read(info, "len", bytes))
        );
    }

    private Span<byte> Place(StructInfo info, string name, Span<byte> bytes)
    {
        StructFieldInfo field = info.Fields.First(one => one.Name == name);
        return bytes.Slice(field.Offset(process.WordSize), field.Size(process.WordSize));
    }

    private ulong Value(StructInfo info, StructFieldInfo field)
    {
        if (field.Type == "pointer")
        {
            return field.Name is "mac" or "iv" && random.Next(2) == 0 ? 0 : Pointer();
        }

        return field.Name switch
        {
            "cipher" => Id(out _cipherKey, NumberRole.Cipher, NumberRole.Aead),
            "mac" => Id(out _macKey, NumberRole.Mac, NumberRole.AeadMate),
            "comp_alg" => random.Next(4) == 0 ? Id(out _, NumberRole.Compression) : 0,
            "keylen" => random.Next(12) != 0 ? _cipherKey : Length(),
            "mackeylen" => random.Next(12) != 0 ? _macKey : Length(),
            "ses" or "src_ses" or "dst_ses" => Session(),
            "op" => (ulong)(random.Next(4) == 0 ? random.Next(5) : random.Next(2) + (codec is CryptodevLinuxCodec ? 0 : 1)),
            "flags" when info.Name == "crypt_auth_op" => (ulong)(16 * random.Next(3)),
            "flags" => random.Next(3) == 0 ? (ulong)random.Next(128)
            : random.Next(2) == 0 ? 0
            : 1ul << random.Next(7),
            "auth_len" or "aadlen" => random.Next(2) == 0 ? 0 : Length() % 300,
            "ivlen" or "maclen" when info.Name == "session2_op" => random.Next(6) == 0 ? (ulong)random.Next(17) : 0,
            "ivlen" or "iv_len" or "tag_len" or "maclen" => (ulong)new[] { 0, 8, 12, 12, 16, 16, random.Next(70) }[random.Next(7)],
            "len" or "dst_len" => Length(),
            "count" => random.Next(50) == 0 ? (ulong)random.NextInt64() : (ulong)random.Next(5),
            "crid" => (ulong)new[] { 0x0200_0000, 0x0200_0000, 0x0300_0000, 0x0300_0000, 0x0100_0000, -1, random.Next(4) }[random.Next(7)],
            "crk_op" => (ulong)random.Next(codec.KeyOperations.Rows.Count + 1),
            "reqid" => Ids.Requests.Pick(random),
            _ => info.Name == "cryptret" ? (ulong)random.Next(4) : (ulong)random.Next(64),
        };
    }

    private StructInfo? ElementOf(StructInfo info)
    {
        string? name = info.Name switch
        {
            "crypt_sgop" => "session_n_op",
            "crypt_mop" => "crypt_n_op",
            "crypt_mkop" => "crypt_n_kop",
            "ocrypt_mop" => "ocrypt_n_op",
            "ocrypt_sgop" => "osession_n_op",
            _ => null,
        };
        return name is null ? null : dialect.Structs.First(candidate => candidate.Name == name);
    }

    private uint FillElements(StructInfo element)
    {
        int size = element.Size(process.WordSize);
        int offset = (random.Next(512) + 2048) * 16;
        for (int i = 0; i < 4; i++)
        {
            Fill(element, process.At(offset + (i * size), size));
        }

        return random.Next(50) == 0 ? FuzzProcess.ReadOnly : FuzzProcess.Arena + (uint)offset;
    }

    private void FillParameters(Span<byte> place)
    {
        int size = process.WordSize == WordSize.LP64 ? 16 : 8;
        for (int i = 0; i < 8; i++)
        {
            Put(place.Slice(i * size, size / 2), Pointer());
            BinaryPrimitives.WriteUInt32LittleEndian(
                place[((i * size) + (size / 2))..],
                random.Next(200) == 0 ? (uint)random.NextInt64() : s_bits[random.Next(s_bits.Length)]
            );
        }
    }

    private uint Id(out uint keyLength, params NumberRole[] roles)
    {
        keyLength = 0;
        AlgorithmNumber[] rows = [.. codec.Numbers.Rows.Where(row => roles.Contains(row.Role))];
        if (rows.Length == 0 || random.Next(3) == 0)
        {
            return random.Next(10) == 0 ? (uint)random.Next(128) : 0;
        }

        AlgorithmNumber chosen = rows[random.Next(rows.Length)];
        keyLength = (uint)chosen.KeySizes.Default;
        return chosen.Id;
    }

    private uint Session() => random.Next(20) == 0 ? (uint)random.Next(20) : Ids.Sessions.Pick(random);

    private uint Length() =>
        random.Next(60) == 0 ? s_longLengths[random.Next(s_longLengths.Length)] : s_lengths[random.Next(s_lengths.Length)];

    private ulong Pointer() =>
        random.Next(24) switch
        {
            0 => 0,
            1 => (ulong)random.Next(1 << 20),
            2 => FuzzProcess.ReadOnly + (uint)random.Next(4096),
            3 => FuzzProcess.Arena + (uint)process.ArenaLength - (uint)random.Next(64),
            4 => ulong.MaxValue - (ulong)random.Next(64),

            // Few places, so that buffers meet each other, the structs included.
            _ => FuzzProcess.Arena + (uint)(random.Next(64) * (random.Next(16) == 0 ? 1023 : 4096)),
        };

    private static void Put(Span<byte> place, ulong value)
    {
        switch (place.Length)
        {
            case 8:
                BinaryPrimitives.WriteUInt64LittleEndian(place, value);
                break;
            case 4:
                BinaryPrimitives.WriteUInt32LittleEndian(place, (uint)value);
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)value);
                break;
            case 1:
                place[0] = (byte)value;
                break;
        }
    }
}

/// <summary>Ids that an open file gave, as all threads that use it know them.</summary>
internal sealed class IdPool
{
    public Recent Sessions { get; } = new();

    public Recent Requests { get; } = new();

    /// <summary>The last few; a race between threads only mixes them.</summary>
    internal sealed class Recent
    {
        private readonly uint[] _ids = new uint[16];
        private int _count;

        public void Add(uint id) => _ids[(uint)Interlocked.Increment(ref _count) % _ids.Length] = id;

        public uint Pick(Random random) => _ids[random.Next(1, Math.Clamp(_count + 1, 2, _ids.Length))];
    }
}
