using Xunit;

namespace CryptoDev.Conformance.Support;

/// <summary>
/// The targets as xunit wants them: driver name and algorithm name, so that each is a case of its own with a readable name.
/// </summary>
public static class TargetData
{
    public static TheoryData<string, string> EveryMember => Data(_ => true, Targets.WithMembers);

    public static TheoryData<string, string> CiphersOfEveryMember =>
        Data(algorithm => algorithm.Kind == AlgorithmKind.Cipher, Targets.WithMembers);

    public static TheoryData<string, string> AeadsOfEveryMember =>
        Data(algorithm => algorithm.Kind == AlgorithmKind.Aead, Targets.WithMembers);

    public static TheoryData<string, string> DigestsOfEveryMember =>
        Data(algorithm => algorithm.Kind is AlgorithmKind.Digest or AlgorithmKind.Mac, Targets.WithMembers);

    public static TheoryData<string, string> All => Data(_ => true);

    public static TheoryData<string, string> Messages => Data(algorithm => algorithm.Kind != AlgorithmKind.Compression);

    /// <summary>
    /// Those whose cost can be seen: a device emulated in this process does its own work on the same thread. The driver's part is in its
    /// unit tests.
    /// </summary>
    public static TheoryData<string, string> Measurable =>
        Data(algorithm => algorithm.Kind != AlgorithmKind.Compression, Targets.All.Where(target => IsMeasurable(target.Driver)));

    /// <summary>The same, the rungs once each.</summary>
    public static TheoryData<string> MeasurableRungs => [.. RungsWith(CryptoAlgorithm.HmacSha256).Where(IsMeasurable)];

    /// <summary>What can be verified.</summary>
    public static TheoryData<string, string> Tagged =>
        Data(algorithm => algorithm.Kind is AlgorithmKind.Aead or AlgorithmKind.Digest or AlgorithmKind.Mac);

    public static TheoryData<string, string> Ciphers => Data(algorithm => algorithm.Kind == AlgorithmKind.Cipher);

    public static TheoryData<string, string> RunningCiphers =>
        Data(algorithm => algorithm.Kind == AlgorithmKind.Cipher && algorithm.Chaining != Framework.IvChaining.WholeMessage);

    public static TheoryData<string, string> CiphersWithIv =>
        Data(algorithm => algorithm.Kind == AlgorithmKind.Cipher && algorithm.IvSizes.Maximum > 0);

    public static TheoryData<string, string> Aeads => Data(algorithm => algorithm.Kind == AlgorithmKind.Aead);

    public static TheoryData<string, string> Digests => Data(algorithm => algorithm.Kind is AlgorithmKind.Digest or AlgorithmKind.Mac);

    public static TheoryData<string, string> Macs => Data(algorithm => algorithm.Kind == AlgorithmKind.Mac);

    public static TheoryData<string, string> RunningDigests =>
        Data(algorithm =>
            algorithm.Kind is AlgorithmKind.Digest or AlgorithmKind.Mac && algorithm.Chaining != Framework.IvChaining.WholeMessage
        );

    public static TheoryData<string, string> Compressions => Data(algorithm => algorithm.Kind == AlgorithmKind.Compression);

    /// <summary>The rungs that can encrypt and authenticate: not every dialect of /dev/crypto can.</summary>
    public static TheoryData<string> RungsWithGcm => [.. RungsWith(CryptoAlgorithm.AesGcm)];

    /// <summary>The rungs that have a cipher and a MAC of full length.</summary>
    public static TheoryData<string> RungsWithMac => [.. RungsWith(CryptoAlgorithm.HmacSha256)];

    /// <summary>The rungs, once each.</summary>
    public static TheoryData<string> Rungs =>
        [.. Targets.All.Select(target => target.Driver).Where(driver => !Targets.IsMember(driver)).Distinct()];

    private static IEnumerable<string> RungsWith(CryptoAlgorithm algorithm) =>
        Targets.All.Where(target => target.Algorithm == algorithm && !Targets.IsMember(target.Driver)).Select(target => target.Driver);

    private static bool IsMeasurable(string driver) => driver != Targets.DevCrypto || DeviceUnderTest.Emulated is null;

    private static TheoryData<string, string> Data(
        Func<CryptoAlgorithm, bool> which,
        IEnumerable<(string Driver, CryptoAlgorithm Algorithm)>? targets = null
    )
    {
        TheoryData<string, string> data = [];
        foreach ((string driver, CryptoAlgorithm algorithm) in targets ?? Targets.All)
        {
            if (which(algorithm))
            {
                data.Add(driver, algorithm.Name);
            }
        }

        return data;
    }
}
