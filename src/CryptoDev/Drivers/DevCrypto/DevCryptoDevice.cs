using System.Collections.Concurrent;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>An open device with what was found out about it. Findings end with it: the next device may be another.</summary>
internal sealed class DevCryptoDevice(DeviceCaller caller)
{
    /// <summary>Long enough that a burst of sessions asks once, short enough that a module loaded meanwhile is found.</summary>
    private const long RefusalLifetimeMilliseconds = 5000;

    private readonly ConcurrentDictionary<SessionShape, (DriverVerdict Verdict, long Time)> _verdicts = new();

    public DeviceCaller Caller => caller;

    public DevCryptoKeys Keys { get; } = new(caller);

    /// <summary>What a probe found for parameters of the same sizes; refusals are forgotten after a moment.</summary>
    public bool TryRecall(SessionParameters parameters, out DriverVerdict? verdict)
    {
        bool known =
            _verdicts.TryGetValue(SessionShape.Of(parameters), out (DriverVerdict Verdict, long Time) found)
            && (found.Verdict.Accepted || Environment.TickCount64 - found.Time < RefusalLifetimeMilliseconds);
        verdict = known ? found.Verdict : null;
        return known;
    }

    public void Remember(SessionParameters parameters, DriverVerdict verdict) =>
        _verdicts[SessionShape.Of(parameters)] = (verdict, Environment.TickCount64);

    public void Forget(SessionParameters parameters) => _verdicts.TryRemove(SessionShape.Of(parameters), out _);

    /// <summary>Closes the device when its last session is gone.</summary>
    public void Release() => caller.Release();

    /// <summary>What decides whether the device takes parameters: algorithms and sizes, not key bytes.</summary>
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

    private readonly record struct TransformShape(CryptoAlgorithm Algorithm, int KeyLength, int TagLength, int IvLength)
    {
        public static TransformShape Of(CryptoTransform transform) =>
            new(
                transform.Algorithm,
                transform.Key is KernelKey ? -1 : transform.Key?.Length ?? 0,
                transform.EffectiveTagLength,
                transform.EffectiveIvLength
            );
    }
}
