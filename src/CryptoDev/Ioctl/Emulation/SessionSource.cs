namespace CryptoDev.Ioctl.Emulation;

/// <summary>Which drivers may serve a session: the sysctls, and FreeBSD's choice by the caller.</summary>
/// <param name="Hardware">Devices may.</param>
/// <param name="Software">Everything else may.</param>
/// <param name="Name">One driver and no other.</param>
internal readonly record struct DriverDemand(bool Hardware, bool Software, string? Name = null)
{
    public static DriverDemand Any { get; } = new(true, true);

    public bool Accepts(DriverKind kind) => kind == DriverKind.Hardware ? Hardware : Software;

    /// <summary>The policy that asks for no more than this, as far as the configured one leaves the choice open.</summary>
    public DriverPolicy Narrow(DriverPolicy policy)
    {
        bool isOpen = policy.Kind is DriverPolicy.PolicyKind.Ladder or DriverPolicy.PolicyKind.HardwarePreferred;
        return Name is not null ? DriverPolicy.Pinned(Name)
            : !isOpen || Hardware == Software ? policy
            : Hardware ? DriverPolicy.HardwareOnly
            : DriverPolicy.SoftwareOnly;
    }
}

/// <summary>Opens the framework's sessions behind an emulated one.</summary>
/// <param name="device">The framework.</param>
/// <param name="policy">The configured policy.</param>
/// <param name="demand">Which drivers may serve.</param>
internal sealed class SessionSource(CryptoDevice device, DriverPolicy policy, DriverDemand demand)
{
    private readonly DriverPolicy _policy = demand.Narrow(policy);

    /// <summary>Null where no driver that may serve can.</summary>
    public Session? TryOpen(SessionParameters parameters, long length = 0)
    {
        Session session;
        try
        {
            session = device.CreateSession(parameters.WithMaxMessageLength(length), _policy);
        }
        catch (Exception error) when (error is CryptoDevException or ArgumentException or ObjectDisposedException)
        {
            // No rung has it, or the device has ended. A kernel says the same few words whatever the reason.
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
