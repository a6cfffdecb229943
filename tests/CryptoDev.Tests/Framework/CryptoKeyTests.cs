using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

public sealed class CryptoKeyTests
{
    [Fact]
    public void The_bytes_are_copied_and_never_shown()
    {
        byte[] bytes = [1, 2, 3];
        using CryptoKey key = new(bytes);
        bytes[0] = 9;
        key.Bytes.ToArray().Should().Equal(1, 2, 3);
        key.Length.Should().Be(3);
        key.ToString().Should().Be("CryptoKey(3 bytes)");
    }

    [Fact]
    public void An_empty_key_is_a_key()
    {
        using CryptoKey key = CryptoKey.Empty;
        key.Length.Should().Be(0);
        key.Bytes.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void Disposal_waits_for_the_last_reference_and_a_dead_key_gives_none()
    {
        CryptoKey key = new([5, 6, 7]);
        key.AddReference();
        key.AddReference();
        key.Dispose();
        key.Dispose();
        key.Bytes.ToArray().Should().Equal(5, 6, 7);
        key.ReleaseReference();
        key.Bytes.ToArray().Should().Equal(5, 6, 7);
        key.ReleaseReference();
        Action late = key.AddReference;
        late.Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public unsafe void The_memory_is_zeroed_before_it_is_freed()
    {
        // SAFETY: the handle's memory is our own block; it is read once more after the free, while its neighbour holds the pages.
        const int Length = 4096;
        byte[] secret = new byte[Length];
        Array.Fill(secret, (byte)0xC7);
        SecureMemoryHandle memory = SecureMemoryHandle.Copy(secret);
        byte* address = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref memory.Bytes[0]);
        using SecureMemoryHandle other = SecureMemoryHandle.Copy(secret);
        other.Bytes.Clear();
        long apart = Math.Abs((byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref other.Bytes[0]) - address);
        memory.Dispose();
        if (apart == Length)
        {
            new ReadOnlySpan<byte>(address, Length).ContainsAnyExcept((byte)0).Should().BeFalse("nothing of the key is left");
        }
    }

    [Fact]
    public void A_kernel_key_is_named_by_a_positive_serial()
    {
        using KernelKey key = KernelKey.FromSerial(77);
        key.Serial.Should().Be(77);
        key.Length.Should().BeNull();
        key.ToString().Should().Be("KernelKey(77)");
        foreach (int wrong in new[] { 0, -3, int.MinValue })
        {
            Action from = () => KernelKey.FromSerial(wrong);
            from.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("serial");
        }
    }
}
