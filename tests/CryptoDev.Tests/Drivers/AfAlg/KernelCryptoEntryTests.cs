using CryptoDev.Drivers.Kernel;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.AfAlg;

public sealed class KernelCryptoEntryTests
{
    [Theory]
    [InlineData("shash", "hash")]
    [InlineData("ahash", "hash")]
    [InlineData("skcipher", "skcipher")]
    [InlineData("lskcipher", "skcipher")]
    [InlineData("blkcipher", "skcipher")]
    [InlineData("aead", "aead")]
    [InlineData("rng", "rng")]
    [InlineData("cipher", "")]
    [InlineData("akcipher", "")]
    [InlineData("larval", "")]
    public void A_kernel_type_is_bound_as_its_family_or_not_at_all(string type, string family)
    {
        KernelCryptoEntry entry = new("name", "driver", type) { SelfTestPassed = true };
        entry.BindType.Should().Be(family);
        entry.IsUsable.Should().Be(family.Length > 0);
        (entry with { SelfTestPassed = false }).IsUsable.Should().BeFalse();
        (entry with { IsInternal = true }).IsUsable.Should().BeFalse();
    }
}
