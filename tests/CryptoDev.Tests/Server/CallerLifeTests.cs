using CryptoDev.Server.Cuse;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Server;

public sealed class CallerLifeTests
{
    [Theory]
    [InlineData("SigPnd:\t0000000000000100", true)]
    [InlineData("SigPnd:\t0000000000004102", true)]
    [InlineData("SigPnd:\t0000000000000000", false)]
    [InlineData("SigPnd:\t0000000000004000", false)]
    public void A_pending_kill_is_bit_8(string line, bool isKill) => CallerLife.IsKill(line).Should().Be(isKill);

    [Fact]
    public void Who_lives_is_not_killed_and_who_is_gone_is()
    {
        CallerLife.IsKilled((uint)Environment.ProcessId).Should().BeFalse();
        CallerLife.IsKilled(0x7FFF_FFFF).Should().BeTrue();
    }
}
