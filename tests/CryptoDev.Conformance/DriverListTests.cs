using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>What a device says about its drivers is what happens.</summary>
public sealed class DriverListTests
{
    [Fact]
    public void Every_listed_driver_opens_every_algorithm_it_lists_and_says_its_name()
    {
        Seeded random = new();
        foreach (DriverInfo driver in Targets.Drivers)
        {
            foreach (CryptoAlgorithm algorithm in driver.Algorithms)
            {
                using Subject subject = Subject.Open(driver.Name, algorithm.Name, random);
                SessionDriver opened = subject.Session.Driver;
                opened.Rung.Should().Be(driver.Rung, $"{subject} was asked for");
                if (Targets.IsMember(driver.Name))
                {
                    opened.Name.Should().Be(driver.Name, $"{subject} was pinned");
                }

                opened.PassedOver.Should().BeEmpty($"{subject} was the only one asked");
                opened.PciAddress.Should().Be(driver.PciAddress ?? opened.PciAddress);
            }
        }
    }

    [Fact]
    public void The_availability_report_agrees_with_the_list()
    {
        AvailabilityReport report = Targets.Device.GetAvailability();
        report.Rungs.Select(rung => rung.Rung).Should().Equal(Targets.DevCrypto, "af_alg", Targets.Software);
        foreach (RungAvailability rung in report.Rungs.Where(rung => Targets.Only is null || rung.Rung == Targets.Only))
        {
            DriverInfo info = Targets.Device.GetDrivers().Single(driver => driver.Name == rung.Rung);
            rung.IsAvailable.Should().Be(rung.Reason is null, $"a rung that is missing has a reason: {rung}");
            IEnumerable<CryptoAlgorithm> available = report
                .Algorithms.Where(one => one.Driver == rung.Rung && one.IsAvailable)
                .Select(one => one.Algorithm);
            available.Should().BeEquivalentTo(info.Algorithms, $"{rung.Rung} lists what it serves");
        }

        foreach (AlgorithmAvailability one in report.Algorithms)
        {
            one.IsAvailable.Should().Be(one.Reason is null, $"what is missing has a reason: {one}");
            if (one.Reason is { } reason)
            {
                reason.Should().NotBeNullOrWhiteSpace($"{one.Algorithm} on {one.Driver} needs one");
            }
        }
    }

    [Fact]
    public void An_unknown_driver_is_the_callers_mistake_and_an_absent_member_the_machines()
    {
        SessionParameters parameters = SessionParameters.Digest(CryptoAlgorithm.Sha256);
        Check.Refused("unknown rung", () => Targets.Open("abacus", parameters).Dispose(), "abacus", "af_alg", "software");
        Check.Refused("software has no members", () => Targets.Open("software:abacus", parameters).Dispose(), "software:abacus");
        CryptoDevException missing = Check.Throws<CryptoDevException>(
            "absent member",
            () => Targets.Open("af_alg:abacus", parameters).Dispose()
        );
        missing.Message.Should().Contain("abacus");
    }
}
