using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.CompilerServices;
using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Dialects;

/// <summary>Bytes of callers of both word sizes to structs and back.</summary>
public sealed class StructCodecTests
{
    public static TheoryData<string, string> Codecs
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (Type table in Tables)
            {
                foreach (PropertyInfo property in table.GetProperties(BindingFlags.Public | BindingFlags.Static).Where(IsCodec))
                {
                    data.Add(table.Name, property.Name);
                }
            }

            return data;
        }
    }

    private static Type[] Tables => [typeof(CryptodevLinuxTable), typeof(NetBsdTable), typeof(FreeBsdTable), typeof(OpenBsdTable)];

    /// <summary>
    /// Fields filled with bytes that differ, one after the other, at the offsets the description gives: all come back, padding is zero.
    /// </summary>
    [Theory]
    [MemberData(nameof(Codecs))]
    public void Bytes_survive_the_round_trip(string table, string codec)
    {
        object found = Tables.Single(type => type.Name == table).GetProperty(codec)!.GetValue(null)!;
        typeof(StructCodecTests)
            .GetMethod(nameof(RoundTrip), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(found.GetType().GetGenericArguments())
            .Invoke(null, [found]);
    }

    [Fact]
    public void A_32_bit_callers_fields_land_where_they_belong()
    {
        byte[] bytes = new byte[28];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 11);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), 7);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), 32);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), 0xF000_0010);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), -1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), 0x8000_0000);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), 0xDEAD_BEEF);

        FreeBsd.session_op call = FreeBsdTable.SessionOp.Decode(bytes, WordSize.ILP32);

        (call.cipher, call.mac, call.keylen, call.mackeylen, call.ses).Should().Be((11u, 7u, 32u, -1, 0xDEAD_BEEFu));
        ((long)call.key).Should().Be(0xF000_0010L, "a pointer is extended with zeros, never with its sign");
        ((long)call.mackey).Should().Be(0x8000_0000L);
    }

    [Fact]
    public void A_64_bit_callers_fields_land_where_they_belong()
    {
        byte[] bytes = new byte[56];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 3);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), NetBsd.COP_DECOMP);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), NetBsd.COP_F_MORE);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), 100);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), 0x7FFF_0000_1000);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), 0x7FFF_0000_2000);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), 0x7FFF_0000_3000);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), 0x7FFF_0000_4000);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(48), 4096);

        CryptCall call = NetBsdCodec.Release10.Decode(NetBsdTable.CryptOp.Decode(bytes, WordSize.LP64));

        call.Should()
            .Be(
                new CryptCall
                {
                    Session = 3,
                    Action = CryptAction.Expand,
                    Flags = CryptCallFlags.More,
                    Length = 100,
                    Source = unchecked((nint)0x7FFF_0000_1000),
                    Destination = unchecked((nint)0x7FFF_0000_2000),
                    Tag = unchecked((nint)0x7FFF_0000_3000),
                    Iv = unchecked((nint)0x7FFF_0000_4000),
                    DestinationLength = 4096,
                }
            );
    }

    [Fact]
    public void Too_few_bytes_are_refused()
    {
        FluentActions
            .Invoking(() => NetBsdTable.CryptOp.Decode(new byte[31], WordSize.ILP32))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("crypt_op has 32 bytes*31*");
    }

    private static bool IsCodec(PropertyInfo property) =>
        property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(StructCodec<>);

    private static void RoundTrip<T>(StructCodec<T> codec)
        where T : unmanaged
    {
        codec.Info.Size(WordSize.LP64).Should().Be(Unsafe.SizeOf<T>(), "the process is LP64");
        foreach (WordSize wordSize in Enum.GetValues<WordSize>())
        {
            // Runs, not fields: an array of structs has padding inside.
            byte[] bytes = new byte[codec.Size(wordSize)];
            byte next = 1;
            foreach ((int wideOffset, int wideSize, int narrowOffset, int narrowSize) in codec.Runs)
            {
                (int offset, int size) = wordSize == WordSize.LP64 ? (wideOffset, wideSize) : (narrowOffset, narrowSize);
                for (int i = 0; i < size; i++)
                {
                    bytes[offset + i] = next++;
                }
            }

            T value = codec.Decode(bytes, wordSize);
            byte[] again = new byte[bytes.Length];
            again.AsSpan().Fill(0xEE);
            codec.Encode(value, again, wordSize);

            again.Should().Equal(bytes, "{0} for {1} callers", codec.Name, wordSize);
        }
    }
}
