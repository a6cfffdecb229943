namespace CryptoDev.Drivers;

/// <summary>
/// The driver contract, written as if it were public. A driver answers probes and opens sessions; it knows no other driver and calls
/// nothing above it.
/// Every member is safe from any thread.
/// </summary>
/// <remarks>FreeBSD original: <c>cryptodev_if.m</c> (<c>probesession</c>, <c>newsession</c>, <c>process</c>).</remarks>
internal interface ICryptoDriver
{
    /// <summary>Facts about the driver.</summary>
    DriverInfo Info { get; }

    /// <summary>Whether the rung is usable at all; the same answer in one sentence for people. Never throws.</summary>
    RungAvailability Availability { get; }

    /// <summary>Facts of the machine that bear on this rung, for <c>doctor</c>.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>
    /// Can you, and how well. Never throws, leaves nothing behind. A driver that takes one transform at a time answers
    /// <see cref="DriverVerdict.Compose"/>
    /// for cipher+MAC and chains; the framework then asks for each transform and composes.
    /// </summary>
    DriverVerdict Probe(SessionParameters parameters);

    /// <summary>
    /// Opens a session for parameters that <see cref="Probe"/> accepted: a usable one, or an exception with nothing leaked.
    /// </summary>
    /// <exception cref="CryptoDevException">The machine changed since the probe, or a resource is out.</exception>
    DriverSession OpenSession(SessionParameters parameters);

    /// <summary>The drivers behind this one that can be pinned by name, as far as they can be listed.</summary>
    IReadOnlyList<DriverInfo> Members { get; }

    /// <summary>
    /// The driver behind this one named <paramref name="member"/>, or null when this rung has none; whether it exists is for its probe to
    /// say.
    /// </summary>
    ICryptoDriver? Pin(string member);
}

/// <summary>A driver that has random generators.</summary>
internal interface IRandomDriver
{
    /// <summary>
    /// Opens a generator: <paramref name="algorithm"/> names the kernel's, null takes the driver's best; an empty seed lets it seed itself.
    /// </summary>
    /// <exception cref="CryptoDevException">There is none of that name.</exception>
    RandomGenerator OpenRandomGenerator(string? algorithm, ReadOnlySpan<byte> seed);
}

/// <summary>A driver that has operations on large numbers.</summary>
/// <remarks>BSD original: <c>crypto_kregister</c> and the <c>kprocess</c> method of opencrypto(9).</remarks>
internal interface IKeyDriver
{
    /// <summary>Can you run this operation with these lengths, and how well. Never throws, leaves nothing behind.</summary>
    DriverVerdict ProbeKey(KeyOp op);

    /// <summary>
    /// Runs an operation that <see cref="ProbeKey"/> accepted and whose operands are checked, writes its results, and answers 0; or the
    /// errno value of an outcome that another driver would come to as well: <c>EPERM</c> for a signature that is not good, <c>EDOM</c>
    /// where there is no result, <c>EINVAL</c> for operands that do not belong together.
    /// </summary>
    /// <param name="op">The operation, begun.</param>
    /// <param name="driver">What computed it.</param>
    /// <exception cref="CryptoDevException">The driver failed; another one may do.</exception>
    int ProcessKey(KeyOp op, out SessionDriver driver);

    /// <summary>Whether <see cref="ProcessKeys"/> is one call for many.</summary>
    bool TakesManyKeys => false;

    /// <summary>
    /// Runs many operations, all of which <see cref="ProbeKey"/> accepted and are begun, by one call, and returns when they are done: for
    /// each what <see cref="ProcessKey"/> would answer, or a negative number where it failed and may be run again. Null where nothing was
    /// run.
    /// </summary>
    int[]? ProcessKeys(IReadOnlyList<KeyOp> ops, out SessionDriver? driver)
    {
        driver = null;
        return null;
    }
}
