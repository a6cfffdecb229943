using System.Security.Cryptography;
using CryptoDev.Framework;

namespace CryptoDev;

/// <summary>
/// The way in: lists the drivers of this machine and opens sessions on them. Opening costs a look at the machine; keep one and share it.
/// Safe from any thread. Sessions live on after it is disposed.
/// </summary>
/// <remarks>BSD original: an open <c>/dev/crypto</c>, and <c>crypto_newsession</c> of opencrypto(9).</remarks>
public sealed class CryptoDevice : IDisposable
{
    private readonly DriverRegistry _registry;
    private readonly DriverPolicy _policy;
    private volatile bool _disposed;

    internal CryptoDevice(CryptoDeviceOptions options, DriverRegistry registry)
    {
        _registry = registry;
        _policy = options.Policy;
    }

    /// <summary>Looks for drivers: every one found, top rung first; behind each rung those that can be pinned by name.</summary>
    public IReadOnlyList<DriverInfo> GetDrivers() => Registry.List();

    /// <summary>Looks at the machine. Never fails for lack of a rung: what is missing is told by <see cref="GetAvailability"/>.</summary>
    /// <exception cref="ArgumentException"><see cref="CryptoDeviceOptions.DevCryptoDialect"/> is not a dialect.</exception>
    public static CryptoDevice Open(CryptoDeviceOptions? options = null)
    {
        options ??= new CryptoDeviceOptions();
        return new CryptoDevice(options, DriverRegistry.Create(options));
    }

    /// <summary>Opens a session on the driver that the policy chooses. The caller may dispose the keys as soon as this returns.</summary>
    /// <param name="parameters">What the session is to do.</param>
    /// <param name="policy">Which driver; null: the device's policy.</param>
    /// <exception cref="CryptoDevException">
    /// No driver of the policy can; the message gives each one's reason. The inner exception is an <see cref="AggregateException"/> with
    /// one <see cref="CryptoDevException"/> per driver asked, in the order of the policy.
    /// <see cref="CryptoDevException.Errno"/> is of the rung that counts: of the first driver that said yes when it was asked and then
    /// failed (<c>EMFILE</c>, <c>ENOMEM</c>); where none said yes, of the first that was refused for more than not being there
    /// (<c>EACCES</c>); else it is <c>ENODEV</c>.
    /// </exception>
    /// <exception cref="ArgumentException">A pinned driver's name is not known.</exception>
    /// <exception cref="ObjectDisposedException">The device or a key is disposed.</exception>
    public Session CreateSession(SessionParameters parameters, DriverPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return DriverSelection.Open(Registry, parameters, policy ?? _policy);
    }

    /// <summary>
    /// What key operations this machine has, who would do each, and why the others would not, found by asking every rung.
    /// </summary>
    /// <remarks>BSD original: <c>CIOCASYMFEAT</c>.</remarks>
    public KeyFeatures GetKeyFeatures() => KeySelection.Survey(Registry, _policy);

    /// <summary>
    /// Runs a key operation on the driver that the policy chooses. A signature that is not good is a result, not an exception.
    /// </summary>
    /// <param name="op">The operation; its operands are zeroed afterwards.</param>
    /// <param name="policy">Which driver; null: the device's policy.</param>
    /// <exception cref="ArgumentException">
    /// An operand of an operation built from parameters is outside its range; no driver was touched, and it may be processed again.
    /// </exception>
    /// <exception cref="InvalidOperationException">The operation has run already.</exception>
    /// <exception cref="CryptoDevException">
    /// No driver of the policy can (the message gives each one's reason), or there is no result: <c>EDOM</c>, <c>EINVAL</c>, <c>ERANGE</c>.
    /// </exception>
    /// <remarks>BSD original: <c>CIOCKEY</c>, <c>crypto_kdispatch</c>.</remarks>
    public KeyResult Process(KeyOp op, DriverPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(op);
        KeyResult result = KeySelection.Process(Registry, op, policy ?? _policy);
        return result.Error is null ? result : throw result.Error;
    }

    /// <summary>
    /// Runs many key operations, as many at once as there are processors, and returns their results in the same order. One that fails is a
    /// result with <see cref="KeyResult.Error"/> and stops none of the others.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// An operation's operand is outside its range, or an operation is given twice; its results are not to be had.
    /// </exception>
    /// <inheritdoc cref="Process(KeyOp, DriverPolicy?)"/>
    /// <remarks>BSD original: <c>CIOCNFKEYM</c>.</remarks>
    public IReadOnlyList<KeyResult> Process(IReadOnlyList<KeyOp> ops, DriverPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(ops);
        return KeySelection.ProcessMany(Registry, ops, policy ?? _policy);
    }

    /// <summary>Runs a key operation on a worker. Cancellation works until it has started.</summary>
    /// <inheritdoc cref="Process(KeyOp, DriverPolicy?)"/>
    public Task<KeyResult> ProcessAsync(KeyOp op, DriverPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(op);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Task.Run(() => Process(op, policy), cancellationToken);
    }

    /// <summary>Runs many key operations on workers. Cancellation works until the first has started.</summary>
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
    /// What every rung offers here and why not more, found by trying. Takes as long as opening a session per rung and algorithm.
    /// </summary>
    public AvailabilityReport GetAvailability() => AvailabilityProbe.Run(Registry);

    /// <summary>Fills <paramref name="destination"/> with random bytes fit for keys, from the system's generator.</summary>
    public void GetRandomBytes(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        RandomNumberGenerator.Fill(destination);
    }

    /// <summary>
    /// Fills <paramref name="destination"/> from the first generator of <paramref name="policy"/>: <c>af_alg</c>, <c>af_alg:&lt;kernel
    /// generator&gt;</c>, or <c>software</c> for the system's.
    /// </summary>
    /// <exception cref="CryptoDevException">None of them is there.</exception>
    public void GetRandomBytes(Span<byte> destination, DriverPolicy policy)
    {
        using RandomGenerator generator = OpenRandomGenerator(policy);
        generator.Fill(destination);
    }

    /// <summary>Opens a random generator to use more than once.</summary>
    /// <param name="policy">As for sessions; null: the system's generator.</param>
    /// <param name="seed">
    /// Seed material for the kernel's DRBGs (SP 800-90A personalisation and more: it is added to the kernel's own entropy); empty: none.
    /// </param>
    /// <exception cref="CryptoDevException">None of the policy's drivers has one; the message gives each one's reason.</exception>
    public RandomGenerator OpenRandomGenerator(DriverPolicy? policy = null, ReadOnlySpan<byte> seed = default) =>
        RandomSelection.Open(Registry, policy ?? DriverPolicy.SoftwareOnly, seed);

    /// <summary>Closes the device; its sessions go on.</summary>
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
