using System.Globalization;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>Runs of the lab under a setting of the kernel (conformance.sh --sysctl) have it.</summary>
[Trait("Needs", "sysctl")]
public sealed class SysctlTests
{
    [Fact]
    public void The_kernel_has_the_settings_that_were_asked_for()
    {
        string asked = Environment.GetEnvironmentVariable("CRYPTODEV_SYSCTL") ?? "";
        asked.Should().NotBeEmpty();
        foreach (string[] setting in asked.Split(' ').Select(one => one.Split('=')))
        {
            string value = File.ReadAllText($"/proc/sys/{setting[0].Replace('.', '/')}").Trim();
            long.Parse(value, CultureInfo.InvariantCulture).Should().Be(long.Parse(setting[1], CultureInfo.InvariantCulture), setting[0]);
        }
    }
}
