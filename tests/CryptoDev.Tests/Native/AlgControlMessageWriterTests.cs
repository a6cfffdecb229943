using System.Runtime.InteropServices;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Native;

public sealed unsafe class AlgControlMessageWriterTests
{
    [Fact]
    public void Operation_IV_and_AAD_length_stand_where_the_kernel_looks()
    {
        byte[] iv = [.. Enumerable.Range(1, 12).Select(i => (byte)i)];
        byte* buffer = stackalloc byte[AlgControlMessageWriter.GetLength(12, withAssociatedData: true)];
        AlgControlMessageWriter writer = new(buffer, 12, withAssociatedData: true);
        writer.Write(LinuxAlg.ALG_OP_ENCRYPT, iv, 0x01020304);

        // Spaces from the reference: 24 for the operation, 32 for a 12-byte IV, 24 for the AAD length.
        writer.Length.Should().Be(24 + 32 + 24);
        ReadOnlySpan<byte> bytes = new(buffer, writer.Length);
        CheckHead(bytes, 20, LinuxAlg.ALG_SET_OP);
        MemoryMarshal.Read<uint>(bytes[16..]).Should().Be(1);
        CheckHead(bytes[24..], 32, LinuxAlg.ALG_SET_IV);
        MemoryMarshal.Read<uint>(bytes[40..]).Should().Be(12);
        bytes.Slice(44, 12).ToArray().Should().Equal(iv);
        CheckHead(bytes[56..], 20, LinuxAlg.ALG_SET_AEAD_ASSOCLEN);
        MemoryMarshal.Read<uint>(bytes[72..]).Should().Be(0x01020304);
    }

    [Theory]
    [InlineData(0, 24)]
    [InlineData(8, 24 + 32)]
    [InlineData(16, 24 + 40)]
    public void A_mode_without_IV_sends_no_IV_record(int ivLength, int length)
    {
        byte* buffer = stackalloc byte[length];
        AlgControlMessageWriter writer = new(buffer, ivLength, withAssociatedData: false);
        writer.Write(LinuxAlg.ALG_OP_DECRYPT, new byte[ivLength]);

        writer.Length.Should().Be(length);
        MemoryMarshal.Read<uint>(new ReadOnlySpan<byte>(buffer + 16, 4)).Should().Be(0);
    }

    [Fact]
    public void Wiping_forgets_the_values_and_keeps_the_heads()
    {
        byte* used = stackalloc byte[80];
        byte* fresh = stackalloc byte[80];
        AlgControlMessageWriter writer = new(used, 12, withAssociatedData: true);
        writer.Write(LinuxAlg.ALG_OP_ENCRYPT, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, 99);
        writer.Wipe();
        _ = new AlgControlMessageWriter(fresh, 12, withAssociatedData: true);

        new ReadOnlySpan<byte>(used, 80).SequenceEqual(new ReadOnlySpan<byte>(fresh, 80)).Should().BeTrue();
    }

    private static void CheckHead(ReadOnlySpan<byte> bytes, int length, int type)
    {
        cmsghdr head = MemoryMarshal.Read<cmsghdr>(bytes);
        ((int)head.cmsg_len, head.cmsg_level, head.cmsg_type).Should().Be((length, LibC.SOL_ALG, type));
    }
}
