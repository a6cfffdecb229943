using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

public sealed class SizeSetTests
{
    [Fact]
    public void Exactly_one() => Expect(SizeSet.Exactly(8), 8, "8", [8]);

    [Fact]
    public void A_few() => Expect(SizeSet.Of(32, 16, 24, 32), 32, "16, 24 or 32", [16, 24, 32]);

    [Fact]
    public void A_range() => Expect(SizeSet.Range(16, 4, 56), 16, "4 to 56", [.. Enumerable.Range(4, 53)]);

    [Fact]
    public void A_range_in_steps() => Expect(SizeSet.Range(16, 4, 16, 2), 16, "4, 6, 8, 10, 12, 14 or 16", [4, 6, 8, 10, 12, 14, 16]);

    [Fact]
    public void Ranges() =>
        Expect(SizeSet.Ranges(16, (4, 4, 1), (8, 8, 1), (12, 16, 1)), 16, "4, 8 or 12 to 16", [4, 8, 12, 13, 14, 15, 16]);

    [Fact]
    public void None_is_zero() => Expect(SizeSet.None, 0, "0", [0]);

    private static void Expect(SizeSet sizes, int defaultSize, string words, int[] values)
    {
        sizes.Default.Should().Be(defaultSize);
        sizes.ToString().Should().Be(words);
        sizes.Values().Should().Equal(values);
        sizes.Minimum.Should().Be(values[0]);
        sizes.Maximum.Should().Be(values[^1]);
        Enumerable.Range(-5, 300).Where(sizes.Contains).Should().Equal(values);
        sizes.Contains(int.MinValue).Should().BeFalse();
        sizes.Contains(int.MaxValue).Should().BeFalse();
    }
}
