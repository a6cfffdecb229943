using System.Security.Cryptography;
using CryptoDev.Framework;

namespace CryptoDev;

/// <summary>
/// The entry point: it lists the drivers of this machine and opens sessions on them. Opening it examines the machine, so open one and share
/// it. Safe from any thread. Disposing it does not end its sessions. Its methods then throw <see cref="ObjectDisposedException"/>.
/// </summary>
/// <remarks>BSD original: an open <c>/dev/crypto</c>, and <c>crypto_newsession</c> of opencrypto(9).</remarks>
public sealed class CryptoDevice : IDisposable
{
    private readonly DriverRegistry _registry;
    private readonly DriverPolicy _policy;
    private readonly bool _refusesEqualXtsHalves;
    private volatile bool _disposed;

    internal CryptoDevice(CryptoDeviceOptions options, DriverRegistry registry)
    {
        _registry = registry;
        _policy = options.Policy;
        _refusesEqualXtsHalves = options.RefuseEqualXtsHalves;
    }

    /// <summary>
    /// Lists the drivers that were found, in the order of the default policy. After each rung come its drivers that can be pinned by name.
    /// </summary>
    public IReadOnlyList<DriverInfo> GetDrivers() => Registry.List();

    /// <summary>
    /// Examines the machine. A missing rung is no error; <see cref="GetAvailability"/> reports it. The one exception is a device that the
    /// options name.
    /// </summary>
    /// <exception cref="ArgumentException"><see cref="CryptoDeviceOptions.DevCryptoDialect"/> is not a dialect.</exception>
    /// <exception cref="CryptoDevException">
    /// <see cref="CryptoDeviceOptions.DevCryptoPath"/> was given and there is no such device, or it cannot be opened or recognized.
    /// </exception>
    public static CryptoDevice Open(CryptoDeviceOptions? options = null)
    {
        options ??= new CryptoDeviceOptions();
        return new CryptoDevice(options, DriverRegistry.Create(options));
    }

    /// <summary>Opens a session on the driver that the policy chooses. The caller may dispose the keys when this has returned.</summary>
    /// <param name="parameters">The algorithms, keys and lengths of the session.</param>
    /// <param name="policy">Which driver to use. Null: the device's policy.</param>
    /// <exception cref="CryptoDevException">
    /// No driver of the policy can run the session. The message gives the reason of each driver. The inner exception is an
    /// <see cref="AggregateException"/> with one <see cref="CryptoDevException"/> for each driver tried, in the order of the policy.
    /// <see cref="CryptoDevException.Errno"/> is that of the first driver that offered the session and then failed (<c>EMFILE</c>,
    /// <c>ENOMEM</c>). If no driver offered it, it is that of the first driver that is present and refused (<c>EACCES</c>). Otherwise it is
    /// <c>ENODEV</c>.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The name of a pinned driver is not known, or an XTS key has equal halves and <see cref="CryptoDeviceOptions.RefuseEqualXtsHalves"/>
    /// is true.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The device or a key is disposed.</exception>
    public Session CreateSession(SessionParameters parameters, DriverPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (_refusesEqualXtsHalves)
        {
            XtsHalves.RefuseEqual(parameters);
        }

        return DriverSelection.Open(Registry, parameters, policy ?? _policy);
    }

    /// <summary>
    /// Asks every rung which key operations it has on this machine. The result has the driver that would run each operation, and why each
    /// other driver would not.
    /// </summary>
    /// <remarks>BSD original: <c>CIOCASYMFEAT</c>.</remarks>
    public KeyFeatures GetKeyFeatures() => KeySelection.Survey(Registry, _policy);

    /// <summary>
    /// Runs a key operation on the driver that the policy chooses. A signature that does not verify is a result and not an exception.
    /// </summary>
    /// <param name="op">The operation. Its operands are zeroed after the run.</param>
    /// <param name="policy">Which driver to use. Null: the device's policy.</param>
    /// <exception cref="ArgumentException">
    /// An operand of an operation built from parameters is outside its range. No driver was called, and the operation may be processed
    /// again.
    /// </exception>
    /// <exception cref="InvalidOperationException">The operation has run already.</exception>
    /// <exception cref="CryptoDevException">
    /// No driver of the policy can run it (the message gives the reason of each driver), or it has no result: <c>EDOM</c>, <c>EINVAL</c>,
    /// <c>ERANGE</c>.
    /// </exception>
    /// <remarks>BSD original: <c>CIOCKEY</c>, <c>crypto_kdispatch</c>.</remarks>
    public KeyResult Process(KeyOp op, DriverPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(op);
        KeyResult result = KeySelection.Process(Registry, op, policy ?? _policy);
        return result.Error is null ? result : throw result.Error;
    }

    /// <summary>
    /// Runs many key operations and returns their results in the same order. As many run at one time as there are processors. An operation
    /// that fails gives a result with <see cref="KeyResult.Error"/> and does not stop the others.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// An operand is outside its range, or an operation is given twice. No results are returned.
    /// </exception>
    /// <inheritdoc cref="Process(KeyOp, DriverPolicy?)"/>
    /// <remarks>BSD original: <c>CIOCNFKEYM</c>.</remarks>
    public IReadOnlyList<KeyResult> Process(IReadOnlyList<KeyOp> ops, DriverPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(ops);
        return KeySelection.ProcessMany(Registry, ops, policy ?? _policy);
    }

    /// <summary>Runs a key operation on a worker thread. It can be cancelled until it has started.</summary>
    /// <inheritdoc cref="Process(KeyOp, DriverPolicy?)"/>
    public Task<KeyResult> ProcessAsync(KeyOp op, DriverPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(op);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Task.Run(() => Process(op, policy), cancellationToken);
    }

    /// <summary>Runs many key operations on worker threads. They can be cancelled until the first has started.</summary>
    /// <inheritdoc cref="Process(IReadOnlyList{KeyOp}, DriverPolicy?)"/>
    public Task<IReadOnlyList<KeyResult>> ProcessAsync(
        IReadOnlyList<KeyOp> ops,
        DriverPolicy? policy = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(ops);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Task.Run(() => Process(ops, policy), cancellationToken);
    }

    /// <summary>
    /// Finds what every rung offers on this machine, and why it does not offer the rest. It opens a session for each pair of rung and
    /// algorithm, and takes as long as that.
    /// </summary>
    public AvailabilityReport GetAvailability() => AvailabilityProbe.Run(Registry);

    /// <summary>
    /// Fills <paramref name="destination"/>, of any length, with random bytes from the system's generator. They are fit for keys.
    /// </summary>
    public void GetRandomBytes(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        RandomNumberGenerator.Fill(destination);
    }

    /// <summary>Fills an array with random bytes from the system's generator. They are fit for keys.</summary>
    /// <exception cref="ArgumentNullException">The array is null.</exception>
    public void GetRandomBytes(byte[] destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        GetRandomBytes(destination.AsSpan());
    }

    /// <summary>
    /// Fills <paramref name="destination"/>, of any length, from the first generator of <paramref name="policy"/>: <c>af_alg</c>,
    /// <c>af_alg:&lt;kernel generator&gt;</c>, or <c>software</c> for the system's.
    /// </summary>
    /// <exception cref="CryptoDevException">None of the generators is available.</exception>
    public void GetRandomBytes(Span<byte> destination, DriverPolicy policy)
    {
        using RandomGenerator generator = OpenRandomGenerator(policy);
        generator.Fill(destination);
    }

    /// <summary>Fills an array from the first generator of <paramref name="policy"/>.</summary>
    /// <exception cref="ArgumentNullException">The array is null.</exception>
    /// <exception cref="CryptoDevException">None of the generators is available.</exception>
    public void GetRandomBytes(byte[] destination, DriverPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(destination);
        GetRandomBytes(destination.AsSpan(), policy);
    }

    /// <summary>Opens a random generator that can be used many times.</summary>
    /// <param name="policy">Which driver to use. Null: the system's generator.</param>
    /// <param name="seed">
    /// Seed material for the kernel's DRBGs (the personalisation string of SP 800-90A). It is added to the kernel's own entropy. Empty:
    /// none.
    /// </param>
    /// <exception cref="CryptoDevException">
    /// No driver of the policy has a generator. The message gives the reason of each driver.
    /// </exception>
    public RandomGenerator OpenRandomGenerator(DriverPolicy? policy = null, InputBytes seed = default) =>
        RandomSelection.Open(Registry, policy ?? DriverPolicy.SoftwareOnly, seed);

    /// <summary>Closes the device. Its sessions stay open.</summary>
    public void Dispose()
    {
        _disposed = true;
        _registry.Close();
    }

    private DriverRegistry Registry
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _registry;
        }
    }
}
