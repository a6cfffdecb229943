namespace CryptoDev;

/// <summary>
/// Which drivers a session gets. Each message runs on the first driver of the policy that takes its message and associated data; the next
/// one is opened when a message needs it. Immutable. Each policy names its cost.
/// </summary>
public sealed class DriverPolicy
{
    private DriverPolicy(PolicyKind kind, params IReadOnlyList<string> names)
    {
        Kind = kind;
        Names = names;
    }

    /// <summary>
    /// The default. It uses the first that is available of <c>/dev/crypto</c>, AF_ALG (a hardware driver before a CPU driver), and
    /// libcrypto in this process. Cost: the kernel's CPU code needs one or two system calls for each message. On small messages it is about
    /// ten times slower than libcrypto. If speed matters more than the place of the computation, choose <see cref="SoftwareOnly"/> or
    /// <see cref="HardwarePreferred"/>.
    /// </summary>
    public static DriverPolicy Ladder { get; } = new(PolicyKind.Ladder);

    /// <summary>
    /// Hardware on any rung. If there is none, libcrypto, and then kernel CPU code. Cost: a card is slower than the CPU on small messages
    /// (five times at 64 bytes on an emulated one) and faster on large ones. <c>cryptodev speed</c> measures from which length your card is
    /// faster.
    /// </summary>
    public static DriverPolicy HardwarePreferred { get; } = new(PolicyKind.HardwarePreferred);

    /// <summary>
    /// Hardware only. Without hardware there is an error that names what was found. Cost: that of <see cref="HardwarePreferred"/>, and
    /// nothing works without a device.
    /// </summary>
    public static DriverPolicy HardwareOnly { get; } = new(PolicyKind.HardwareOnly);

    /// <summary>
    /// libcrypto in this process. Cost: the lowest per message on every machine. The keys are in this process, and no device is used.
    /// </summary>
    public static DriverPolicy SoftwareOnly { get; } = new(PolicyKind.SoftwareOnly);

    internal PolicyKind Kind { get; }

    internal IReadOnlyList<string> Names { get; }

    /// <summary>The kinds of drivers that may be used beside: the switches of an emulated kernel forbid some.</summary>
    internal Func<DriverKind, bool> Allows { get; private init; } = static _ => true;

    /// <summary>The same policy, for those of its drivers that are of an allowed kind.</summary>
    internal DriverPolicy Only(Func<DriverKind, bool> allows) => new(Kind, Names) { Allows = allows };

    /// <summary>
    /// Only the named drivers, in this order: <c>devcrypto</c>, <c>software</c>, <c>af_alg</c>, <c>af_alg:&lt;kernel driver&gt;</c>,
    /// <c>devcrypto:&lt;kernel driver&gt;</c>, and for key operations <c>keyring</c>. A device's kernel chooses its driver itself: with a
    /// name behind <c>devcrypto</c>, a session that another driver would run is refused. Cost: that of the named drivers. No other driver
    /// is tried.
    /// </summary>
    /// <exception cref="ArgumentException">There is no name, or one is empty.</exception>
    public static DriverPolicy Pinned(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0 || names.Any(string.IsNullOrWhiteSpace))
        {
            throw new ArgumentException("Name at least one driver, for example 'software' or 'af_alg:cbc-aes-aesni'.", nameof(names));
        }

        return new DriverPolicy(PolicyKind.Pinned, [.. names]);
    }

    /// <summary>The policy's name, with the drivers it pins.</summary>
    public override string ToString() => Kind == PolicyKind.Pinned ? $"Pinned({string.Join(", ", Names)})" : Kind.ToString();

    internal enum PolicyKind
    {
        Ladder,
        HardwarePreferred,
        HardwareOnly,
        SoftwareOnly,
        Pinned,
    }
}
