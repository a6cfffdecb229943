namespace CryptoDev.Drivers.DevCrypto;

/// <summary>An open device with the findings about it. The findings end with it, because the next device may be another.</summary>
/// <param name="caller">The open device.</param>
/// <param name="clock">The clock for the age of refusals; null: the system's clock.</param>
internal sealed class DevCryptoDevice(DeviceCaller caller, TimeProvider? clock)
{
    private readonly VerdictCache<SessionShape, DriverVerdict> _verdicts = new(clock);

    private int _bestKind = (int)DriverKind.Generic;

    public DeviceCaller Caller => caller;

    public DevCryptoKeys Keys { get; } = new(caller, clock);

    /// <summary>The verdict of an earlier probe for parameters of the same sizes; null where the device must be asked.</summary>
    public DriverVerdict? Recall(SessionParameters parameters) =>
        _verdicts.TryRecall(SessionShape.Of(parameters), out DriverVerdict? verdict, out _) ? verdict : null;

    public void Remember(SessionParameters parameters, DriverVerdict verdict)
    {
        if (verdict.Accepted)
        {
            _verdicts.Remember(SessionShape.Of(parameters), verdict);
        }
        else
        {
            _verdicts.RememberRefusal(SessionShape.Of(parameters), verdict, verdict.Errno);
        }
    }

    /// <summary>The best kind of driver that a session of this device had so far.</summary>
    public DriverKind BestKind => (DriverKind)Volatile.Read(ref _bestKind);

    /// <summary>Remembers that a session had a driver of this kind.</summary>
    public void Saw(DriverKind kind)
    {
        int seen = Volatile.Read(ref _bestKind);
        while ((int)kind > seen && Interlocked.CompareExchange(ref _bestKind, (int)kind, seen) is var now && now != seen)
        {
            seen = now;
        }
    }

    public void Forget(SessionParameters parameters) => _verdicts.Forget(SessionShape.Of(parameters));

    /// <summary>Closes the device when its last session is closed.</summary>
    public void Release() => caller.Release();

    /// <summary>The properties by which the device accepts parameters: algorithms and sizes, not key bytes.</summary>
    private readonly record struct SessionShape(SessionMode Mode, MacOrder Order, TransformShape First, TransformShape? Second)
    {
        public static SessionShape Of(SessionParameters parameters) =>
            new(
                parameters.Mode,
                parameters.MacOrder,
                TransformShape.Of(parameters.Transforms[0]),
                parameters.Transforms.Count > 1 ? TransformShape.Of(parameters.Transforms[1]) : null
            );
    }
}
