using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using CryptoDev.Server.Socket;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Server;

/// <summary>What clients are told about the structs, against the structs.</summary>
public sealed class DialectMapTests
{
    /// <summary>Pointers that no kernel follows.</summary>
    private static readonly HashSet<string> s_neverFollowed =
    [
        "crypt_n_op.opaque",
        "crypt_n_op.key",
        "crypt_n_op.mackey",
        "ocrypt_n_op.opaque",
        "ocrypt_n_op.key",
        "ocrypt_n_op.mackey",
        "crypt_result.opaque",
        "crypt_n_kop.crk_opaque",
        // Written when the result is fetched.
        "crypt_n_op.dst",
        "crypt_n_op.mac",
        "ocrypt_n_op.dst",
        "ocrypt_n_op.mac",
        // The elements of the lists in crypt_kop and crypt_n_kop.
        "crparam.crp_p",
    ];

    public static TheoryData<string> Dialects => [.. DialectInfo.All.Select(dialect => dialect.Name)];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Every_pointer_of_every_struct_has_its_fact(string name)
    {
        string[] told = [.. PointerFacts.All.Select(fact => $"{fact.Struct}.{fact.Pointer}")];
        string[] pointers =
        [
            .. DialectInfo
                .Parse(name)
                .Structs.SelectMany(owner =>
                    owner.Fields.Where(field => field.Type == "pointer").Select(field => $"{owner.Name}.{field.Name}")
                ),
        ];
        pointers.Should().NotBeEmpty();
        pointers.Where(pointer => !told.Contains(pointer)).Should().BeSubsetOf(s_neverFollowed);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void The_map_has_every_ioctl_and_stays_within_its_structs(string name)
    {
        DialectInfo dialect = DialectInfo.Parse(name);
        foreach (WordSize wordSize in new[] { WordSize.LP64, WordSize.ILP32 })
        {
            DialectMap map = new(dialect, wordSize);
            map.Bytes.Length.Should().BeLessThan(ShimProtocol.CDS_MAP_MOST);
            int entriesEnd = map.Count * Marshal.SizeOf<cds_map_entry>();
            ReadOnlySpan<cds_map_entry> entries = MemoryMarshal.Cast<byte, cds_map_entry>(map.Bytes.AsSpan(0, entriesEnd));
            ReadOnlySpan<cds_map_field> fields = MemoryMarshal.Cast<byte, cds_map_field>(map.Bytes.AsSpan(entriesEnd));
            int pointer = wordSize == WordSize.LP64 ? 8 : 4;
            foreach (cds_map_entry entry in entries)
            {
                IoctlInfo ioctl = dialect.FindIoctl(entry.request, wordSize)!;
                ((int)entry.size).Should().Be(ioctl.ArgumentSize(wordSize));
                foreach (cds_map_field field in fields.Slice(entry.first, entry.fields))
                {
                    (field.pointer + pointer).Should().BeLessThanOrEqualTo(entry.size);
                    (field.length + field.width).Should().BeLessThanOrEqualTo(entry.size);
                    (field.first + field.fields).Should().BeLessThanOrEqualTo(fields.Length);
                }
            }

            map.Count.Should().Be(dialect.Ioctls.Count);
        }
    }

    [Fact]
    public void The_map_tells_what_CIOCCRYPT_reads_and_writes()
    {
        DialectMap map = new(DialectInfo.CryptodevLinux, WordSize.LP64);
        ReadOnlySpan<cds_map_entry> entries = MemoryMarshal.Cast<byte, cds_map_entry>(
            map.Bytes.AsSpan(0, map.Count * Marshal.SizeOf<cds_map_entry>())
        );
        ReadOnlySpan<cds_map_field> fields = MemoryMarshal.Cast<byte, cds_map_field>(
            map.Bytes.AsSpan(map.Count * Marshal.SizeOf<cds_map_entry>())
        );
        cds_map_entry entry = default;
        foreach (cds_map_entry candidate in entries)
        {
            entry = candidate.request == 0xC0306368 ? candidate : entry;
        }

        List<(int Pointer, int Length, int Width, uint Flags)> told = [];
        foreach (cds_map_field field in fields.Slice(entry.first, entry.fields))
        {
            told.Add((field.pointer, field.length, field.width, field.flags));
        }

        told.Should()
            .Equal(
                (16, 8, 4, ShimProtocol.CDS_IN),
                (40, 0, 0, ShimProtocol.CDS_CACHED),
                (24, 8, 4, ShimProtocol.CDS_OUT),
                (32, 0, 0, ShimProtocol.CDS_CACHED)
            );
    }
}
