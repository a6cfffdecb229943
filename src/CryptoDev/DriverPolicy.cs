namespace CryptoDev;

/// <summary>Which driver a session gets. Immutable. What each costs stands at each.</summary>
public sealed class DriverPolicy
{
    private DriverPolicy(PolicyKind kind, params IReadOnlyList<string> names)
    {
        Kind = kind;
        Names = names;
    }

    /// <summary>
    /// The default: the kernel's crypto first (<c>/dev/crypto</c>, where that is absent AF_ALG, there a hardware driver before a CPU one),
    /// where both are absent libcrypto in process.
    /// Cost: kernel CPU code pays one or two system calls per message and is an order of magnitude slower than libcrypto on small messages;
    /// choose <see cref="SoftwareOnly"/> or <see cref="HardwarePreferred"/> if that matters more than who computes.
    /// </summary>
    public static DriverPolicy Ladder { get; } = new(PolicyKind.Ladder);

    /// <summary>
    /// Hardware on any rung, else libcrypto, else kernel CPU code. Cost: a card is slower than the CPU on small messages (five times at 64
    /// bytes on an emulated one) and faster on large ones; <c>cryptodev speed</c> tells where yours turns.
    /// </summary>
    public static DriverPolicy HardwarePreferred { get; } = new(PolicyKind.HardwarePreferred);

    /// <summary>
    /// Hardware or an error that says what was found instead. Cost: as <see cref="HardwarePreferred"/>, and nothing works where there is no
    /// device.
    /// </summary>
    public static DriverPolicy HardwareOnly { get; } = new(PolicyKind.HardwareOnly);

    /// <summary>
    /// libcrypto in process. Cost: the least per message on every machine; keys are in this process, and no device is used.
    /// </summary>
    public static DriverPolicy SoftwareOnly { get; } = new(PolicyKind.SoftwareOnly);

    internal PolicyKind Kind { get; }

    internal IReadOnlyList<string> Names { get; }

    /// <summary>
    /// Only the named drivers, in this order: <c>devcrypto</c>, <c>software</c>, <c>af_alg</c>, <c>af_alg:&lt;kernel driver&gt;</c>, and
    /// for key operations <c>keyring</c>. Cost: yours to know; nothing else is tried.
    /// </summary>
    /// <exception cref="ArgumentException">No name, or an empty one.</exception>
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
