using CryptoDev.Drivers.AfAlg;
using FluentAssertions;

namespace CryptoDev.Conformance.AfAlg;

/// <summary>
/// The AF_ALG rung of this kernel beside the software rung. Where the family is missing every test checks that the rung says why; where it
/// was promised (CRYPTODEV_REQUIRE names af_alg, as in the lab) a missing family is a failure.
/// </summary>
public sealed class AfAlgFixture : IDisposable
{
    private static readonly string[] s_required = (Environment.GetEnvironmentVariable("CRYPTODEV_REQUIRE") ?? "").Split(',');

    public CryptoDevice Device { get; } = CryptoDevice.Open();

    public int Seed { get; } = Environment.TickCount;

    /// <summary>False after having asserted that the machine explains the absence.</summary>
    public bool IsPresent()
    {
        RungAvailability rung = new AfAlgDriver().Availability;
        if (rung.IsAvailable)
        {
            return true;
        }

        s_required.Should().NotContain("af_alg", $"this kernel promised it, but {rung.Reason}");
        rung.Reason.Should().NotBeNullOrWhiteSpace();
        return false;
    }

    /// <summary>A session on the rung, or null when this kernel does not have the algorithm and says so.</summary>
    public Session? TryOpen(SessionParameters parameters, string driver = "af_alg")
    {
        try
        {
            return Device.CreateSession(parameters, DriverPolicy.Pinned(driver));
        }
        catch (CryptoDevException error)
        {
            error
                .Message.Should()
                .MatchRegex("kernel (has no|runs in FIPS)|does not let|self-test|does not take", $"{parameters} was refused on {driver}");
            s_required.Should().NotContain(parameters.Transforms[0].Algorithm.Name, error.Message);
            return null;
        }
    }

    public Session OpenSoftware(SessionParameters parameters) => Device.CreateSession(parameters, DriverPolicy.SoftwareOnly);

    public static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    public void Dispose() => Device.Dispose();

    /// <summary>Every algorithm of the table that AF_ALG can name, of one kind.</summary>
    public static TheoryNames Algorithms(AlgorithmKind kind) =>
        [
            .. CryptoAlgorithm
                .All.Where(algorithm => algorithm.Kind == kind && algorithm.Kernel.Name is not null)
                .Select(algorithm => algorithm.Name),
        ];
}

/// <summary>Names for a theory.</summary>
public sealed class TheoryNames : Xunit.TheoryData<string>;
