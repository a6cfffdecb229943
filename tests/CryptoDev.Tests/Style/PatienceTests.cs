using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Style;

/// <summary>The bound for waiting grows with how slow the machine is and never shrinks.</summary>
public sealed class PatienceTests
{
    [Theory]
    [InlineData(null, 0.2, 1)]
    [InlineData(null, 12.5, 12.5)]
    [InlineData("", 3, 3)]
    [InlineData("20", 3, 20)]
    [InlineData("2", 3, 3)]
    [InlineData("none", 3, 3)]
    [InlineData("1000000", 1, 1000)]
    public void The_factor_is_the_greater_of_what_was_said_and_what_was_measured(string? said, double measured, double factor) =>
        Patience.FactorOf(said, measured).Should().Be(factor);

    [Fact]
    public void The_bound_is_minutes_on_any_machine()
    {
        Patience.Span.Should().BeGreaterThanOrEqualTo(TimeSpan.FromMinutes(5));
        Patience.Milliseconds.Should().BeGreaterThanOrEqualTo(300_000);
    }
}
