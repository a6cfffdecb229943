namespace CryptoDev.Ioctl.Emulation;

/// <summary>The drivers that a session may use, by the sysctls and by the choice of a FreeBSD caller.</summary>
/// <param name="Hardware">Whether devices are allowed.</param>
/// <param name="Software">Whether drivers that are not devices are allowed.</param>
/// <param name="Name">The only driver that is allowed, or null.</param>
internal readonly record struct DriverDemand(bool Hardware, bool Software, string? Name = null)
{
    public static DriverDemand Any { get; } = new(true, true);

    public bool Accepts(DriverKind kind) => kind == DriverKind.Hardware ? Hardware : Software;

    /// <summary>
    /// The policy for the allowed drivers. A configured policy that already fixes the choice keeps its order, without the drivers that are
    /// not allowed; only a driver's name replaces it.
    /// </summary>
    public DriverPolicy Narrow(DriverPolicy policy)
    {
        bool isOpen = policy.Kind is DriverPolicy.PolicyKind.Ladder or DriverPolicy.PolicyKind.HardwarePreferred;
        return Name is not null ? DriverPolicy.Pinned(Name)
            : Hardware == Software ? policy
            : !isOpen ? policy.Only(Accepts)
            : Hardware ? DriverPolicy.HardwareOnly
            : DriverPolicy.SoftwareOnly;
    }
}

/// <summary>Opens the framework's sessions for an emulated session.</summary>
/// <param name="device">The framework.</param>
/// <param name="policy">The configured policy.</param>
/// <param name="demand">The drivers that are allowed.</param>
internal sealed class SessionSource(CryptoDevice device, DriverPolicy policy, DriverDemand demand)
{
    private readonly DriverPolicy _policy = demand.Narrow(policy);

    /// <summary>Opens a session. Null if no allowed driver can.</summary>
    public Session? TryOpen(SessionParameters parameters)
    {
        Session session;
        try
        {
            session = device.CreateSession(parameters, _policy);
        }
        catch (Exception error) when (error is CryptoDevException or ArgumentException or ObjectDisposedException)
        {
            // No rung has it, or the device has ended. A kernel has one errno for all these reasons.
            return null;
        }

        if (demand.Accepts(session.Driver.Kind))
        {
            return session;
        }

        session.Dispose();
        return null;
    }
}
