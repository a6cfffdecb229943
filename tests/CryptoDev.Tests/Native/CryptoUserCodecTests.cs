using System.Runtime.InteropServices;
using System.Text;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Native;

public sealed class CryptoUserCodecTests
{
    [Fact]
    public void A_dump_becomes_records()
    {
        byte[] hash = Report("shash", 72, 64, 32);
        byte[] block =
        [
            .. Message(
                CryptoUser.CRYPTO_MSG_GETALG,
                [.. Algorithm("sha256", "sha256-generic", "kernel", 0x40e), .. Attribute(1, [100, 0, 0, 0]), .. Attribute(3, hash)]
            ),
            .. Message(
                CryptoUser.CRYPTO_MSG_GETALG,
                [.. Algorithm("gcm(aes)", "gcm-x", "x", 0x10483), .. Attribute(5, [.. Report("aead", 128), .. Words(1, 16, 12)])]
            ),
            .. Message(
                CryptoUser.CRYPTO_MSG_GETALG,
                [.. Algorithm("cbc(aes)", "cbc-x", "x", 0x485), .. Attribute(4, [.. Report("skcipher", 128), .. Words(16, 16, 32, 16)])]
            ),
            .. Message(CryptoUser.CRYPTO_MSG_GETALG, [.. Algorithm("stdrng", "rng-x", "x", 0x40c), .. Attribute(7, Report("rng", 68, 48))]),
            .. Message(Netlink.NLMSG_DONE, Words(0)),
        ];

        List<CryptoUserRecord> records = [];
        CryptoUserCodec.Decode(block, 1, records, out Errno error).Should().Be(CryptoUserCodec.BlockEnd.Done);

        error.IsError.Should().BeFalse();
        records
            .Should()
            .Equal(
                new CryptoUserRecord("sha256", "sha256-generic", "kernel", 0x40e)
                {
                    Type = "shash",
                    Priority = 100,
                    BlockSize = 64,
                    DigestSize = 32,
                },
                new CryptoUserRecord("gcm(aes)", "gcm-x", "x", 0x10483)
                {
                    Type = "aead",
                    BlockSize = 1,
                    MaxAuthSize = 16,
                    IvSize = 12,
                },
                new CryptoUserRecord("cbc(aes)", "cbc-x", "x", 0x485)
                {
                    Type = "skcipher",
                    BlockSize = 16,
                    MinKeySize = 16,
                    MaxKeySize = 32,
                    IvSize = 16,
                },
                new CryptoUserRecord("stdrng", "rng-x", "x", 0x40c) { Type = "rng", SeedSize = 48 }
            );
    }

    [Fact]
    public void No_cut_of_a_dump_makes_an_exception_or_an_invented_record()
    {
        byte[] block = Message(
            CryptoUser.CRYPTO_MSG_GETALG,
            [.. Algorithm("sha256", "sha256-generic", "kernel", 0x40e), .. Attribute(3, Report("shash", 72, 64, 32))]
        );

        for (int length = 1; length < block.Length; length++)
        {
            List<CryptoUserRecord> records = [];
            CryptoUserCodec.Decode(block.AsSpan(0, length), 1, records, out _).Should().Be(CryptoUserCodec.BlockEnd.Malformed);
            records.Should().BeEmpty();
        }
    }

    [Fact]
    public void Random_damage_never_throws()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        byte[] good = Message(
            CryptoUser.CRYPTO_MSG_GETALG,
            [.. Algorithm("a", "b", "c", 1), .. Attribute(1, Words(7)), .. Attribute(4, Report("skcipher", 144, 16))]
        );
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bad = [.. good];
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            Action decode = () => CryptoUserCodec.Decode(bad, 1, [], out _);
            decode.Should().NotThrow($"the seed is {seed}, round {round}");
        }
    }

    [Fact]
    public void An_error_answer_carries_its_number_and_a_strangers_answer_is_skipped()
    {
        byte[] block =
        [
            .. Message(Netlink.NLMSG_DONE, Words(0), sequence: 7),
            .. Message(Netlink.NLMSG_ERROR, Words(unchecked((uint)-LibC.EPERM))),
        ];

        CryptoUserCodec.Decode(block, 1, [], out Errno error).Should().Be(CryptoUserCodec.BlockEnd.Error);
        error.Name.Should().Be("EPERM");
    }

    [Fact]
    public void An_interrupted_dump_is_noticed()
    {
        byte[] block = Message(Netlink.NLMSG_DONE, Words(0), flags: Netlink.NLM_F_DUMP_INTR);

        CryptoUserCodec.Decode(block, 1, [], out _).Should().Be(CryptoUserCodec.BlockEnd.Interrupted);
    }

    [Fact]
    public void The_request_is_a_dump_of_everything()
    {
        byte[] request = CryptoUserCodec.EncodeDumpRequest(9);

        request.Should().HaveCount(16 + 208);
        MemoryMarshal
            .Read<nlmsghdr>(request)
            .Should()
            .Be(
                new nlmsghdr
                {
                    nlmsg_len = 224,
                    nlmsg_type = 0x13,
                    nlmsg_flags = 0x301,
                    nlmsg_seq = 9,
                }
            );
        request.AsSpan(16).ToArray().Should().OnlyContain(value => value == 0);
    }

    private static byte[] Message(ushort type, byte[] body, uint sequence = 1, ushort flags = Netlink.NLM_F_MULTI)
    {
        nlmsghdr head = new()
        {
            nlmsg_len = (uint)(16 + body.Length),
            nlmsg_type = type,
            nlmsg_flags = flags,
            nlmsg_seq = sequence,
        };
        byte[] message = new byte[Netlink.Align(16 + body.Length)];
        MemoryMarshal.Write(message, in head);
        body.CopyTo(message, 16);
        return message;
    }

    private static byte[] Attribute(ushort type, byte[] data)
    {
        nlattr head = new() { nla_len = (ushort)(4 + data.Length), nla_type = type };
        byte[] attribute = new byte[Netlink.Align(4 + data.Length)];
        MemoryMarshal.Write(attribute, in head);
        data.CopyTo(attribute, 4);
        return attribute;
    }

    private static byte[] Algorithm(string name, string driver, string module, uint flags)
    {
        byte[] body = new byte[208];
        Encoding.ASCII.GetBytes(name, body);
        Encoding.ASCII.GetBytes(driver, body.AsSpan(64));
        Encoding.ASCII.GetBytes(module, body.AsSpan(128));
        MemoryMarshal.Write(body.AsSpan(204), in flags);
        return body;
    }

    private static byte[] Report(string type, int size, params uint[] numbers)
    {
        byte[] report = new byte[size];
        Encoding.ASCII.GetBytes(type, report);
        Words(numbers).CopyTo(report, 64);
        return report;
    }

    private static byte[] Words(params uint[] numbers) => MemoryMarshal.AsBytes<uint>(numbers).ToArray();
}
