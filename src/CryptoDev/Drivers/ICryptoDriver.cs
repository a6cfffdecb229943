namespace CryptoDev.Drivers;

/// <summary>
/// The driver contract, written as if it were public. A driver answers probes and opens sessions. It knows no other driver and calls
/// nothing above it. Every member is safe from any thread.
/// </summary>
/// <remarks>FreeBSD original: <c>cryptodev_if.m</c> (<c>probesession</c>, <c>newsession</c>, <c>process</c>).</remarks>
internal interface ICryptoDriver
{
    /// <summary>Facts about the driver.</summary>
    DriverInfo Info { get; }

    /// <summary>Whether the rung is usable at all, with one sentence for people. Never throws.</summary>
    RungAvailability Availability { get; }

    /// <summary>Facts of the machine that concern this rung, for <c>doctor</c>.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>
    /// Whether the driver can run such a session, and how well. Never throws and leaves nothing open. A driver that takes one transform at
    /// a time answers <see cref="DriverVerdict.Compose"/> for cipher+MAC and chains. The framework then probes each transform and composes
    /// the session.
    /// </summary>
    DriverVerdict Probe(SessionParameters parameters);

    /// <summary>
    /// Opens a session for parameters that <see cref="Probe"/> accepted. It returns a usable session, or throws and leaks nothing.
    /// </summary>
    /// <exception cref="CryptoDevException">The machine changed since the probe, or a resource is exhausted.</exception>
    DriverSession OpenSession(SessionParameters parameters);

    /// <summary>The drivers of this rung that can be pinned by name, as far as they can be listed.</summary>
    IReadOnlyList<DriverInfo> Members { get; }

    /// <summary>
    /// The driver of this rung named <paramref name="member"/>, or null when this rung has no drivers to pin. The probe tells whether the
    /// named driver exists.
    /// </summary>
    ICryptoDriver? Pin(string member);
}

/// <summary>A driver that has random generators.</summary>
internal interface IRandomDriver
{
    /// <summary>
    /// Opens a generator. <paramref name="algorithm"/> is the kernel's name for it; null takes the driver's best one. With an empty seed it
    /// seeds itself.
    /// </summary>
    /// <exception cref="CryptoDevException">There is none of that name.</exception>
    RandomGenerator OpenRandomGenerator(string? algorithm, ReadOnlySpan<byte> seed);
}

/// <summary>A driver that has operations on large numbers.</summary>
/// <remarks>BSD original: <c>crypto_kregister</c> and the <c>kprocess</c> method of opencrypto(9).</remarks>
internal interface IKeyDriver
{
    /// <summary>Whether the driver can run this operation with these lengths, and how well. Never throws and leaves nothing open.</summary>
    DriverVerdict ProbeKey(KeyOp op);

    /// <summary>
    /// Runs an operation that <see cref="ProbeKey"/> accepted and whose operands are checked, and writes its results. Returns 0, or the
    /// errno value of an outcome that every driver would reach: <c>EPERM</c> for a bad signature, <c>EDOM</c> where there is no result,
    /// <c>EINVAL</c> for operands that do not belong together.
    /// </summary>
    /// <param name="op">The operation, already begun.</param>
    /// <param name="driver">The driver that computed it.</param>
    /// <exception cref="CryptoDevException">The driver failed; another driver may succeed.</exception>
    int ProcessKey(KeyOp op, out SessionDriver driver);

    /// <summary>Whether <see cref="ProcessKeys"/> runs many operations by one call.</summary>
    bool TakesManyKeys => false;

    /// <summary>
    /// Runs many operations by one call and returns when they are done. All were accepted by <see cref="ProbeKey"/> and are begun. Each
    /// element is the result that <see cref="ProcessKey"/> would return, or a negative number where the operation failed and may be run
    /// again. Null where nothing was run.
    /// </summary>
    int[]? ProcessKeys(IReadOnlyList<KeyOp> ops, out SessionDriver? driver)
    {
        driver = null;
        return null;
    }
}
