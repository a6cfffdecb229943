using System.Collections.Concurrent;
using CryptoDev.Framework;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>
/// Tries targets in order until one opens; what worked is remembered by key and tag length, what failed is asked again next time.
/// </summary>
internal sealed class AfAlgProber(AfAlgMachine machine, string? pinned)
{
    private readonly ConcurrentDictionary<TransformShape, (AfAlgTarget Target, long Limit)> _worked = new();
    private readonly ConcurrentDictionary<TransformShape, (DriverVerdict Verdict, long Time)> _refused = new();

    /// <summary>The verdict for one transform, by opening it and dropping it again.</summary>
    public DriverVerdict Probe(CryptoTransform transform)
    {
        if (Refuse(transform) is { } reason)
        {
            return DriverVerdict.No(reason);
        }

        TransformShape shape = TransformShape.Of(transform);
        if (shape.IsComparable)
        {
            if (_worked.TryGetValue(shape, out (AfAlgTarget Target, long Limit) known))
            {
                return DriverVerdict.Yes(known.Target.Kind, known.Limit, known.Target.KernelDriver);
            }

            if (
                _refused.TryGetValue(shape, out (DriverVerdict Verdict, long Time) earlier)
                && Environment.TickCount64 - earlier.Time < AfAlgMachine.RefusalLifetimeMilliseconds
            )
            {
                return earlier.Verdict;
            }
        }

        using AfAlgOpening? opening = TryOpen(transform, out AfAlgTarget tried, out AfAlgFailure failure);
        if (opening is null)
        {
            (string why, string? cure) = Explain(transform, failure, tried);
            DriverVerdict refusal = DriverVerdict.No(why, cure);
            if (shape.IsComparable)
            {
                _refused[shape] = (refusal, Environment.TickCount64);
            }

            return refusal;
        }

        long limit = AfAlgSessions.MessageLimit(opening);
        return DriverVerdict.Yes(opening.Target.Kind, limit, opening.Target.KernelDriver);
    }

    /// <summary>An open transform, or the reason as an exception.</summary>
    public AfAlgOpening Open(CryptoTransform transform, string driver)
    {
        AfAlgOpening? opening = TryOpen(transform, out AfAlgTarget tried, out AfAlgFailure failure);
        if (opening is not null)
        {
            return opening;
        }

        (string reason, string? cure) = Explain(transform, failure, tried);
        throw new CryptoDevException(
            failure.Error.Number,
            driver,
            failure.Describe(tried.Type, tried.Name),
            cure is null ? $"{reason}." : $"{reason}; {cure}."
        );
    }

    private AfAlgOpening? TryOpen(CryptoTransform transform, out AfAlgTarget tried, out AfAlgFailure failure)
    {
        KernelRung rung = transform.Algorithm.Kernel;
        TransformShape shape = TransformShape.Of(transform);
        if (shape.IsComparable && _worked.TryGetValue(shape, out (AfAlgTarget Target, long Limit) known))
        {
            tried = known.Target;
            if (AfAlgOpening.TryOpen(tried, transform, out failure) is { } again)
            {
                return again;
            }

            // A module was unloaded or a device pulled since: look afresh.
            _worked.TryRemove(shape, out _);
            machine.Forget(rung.Type!, rung.Name!, pinned);
        }

        tried = new AfAlgTarget(rung.Type!, pinned ?? rung.Name!, null, DriverKind.Generic, null);
        foreach (AfAlgTarget target in machine.FindTargets(rung.Type!, rung.Name!, pinned, out failure))
        {
            tried = target;
            if (AfAlgOpening.TryOpen(target, transform, out failure) is not { } opening)
            {
                continue;
            }

            if (shape.IsComparable)
            {
                _worked.TryAdd(shape, (target, AfAlgSessions.MessageLimit(opening)));
            }

            return opening;
        }

        return null;
    }

    /// <summary>What the table knows without asking the kernel.</summary>
    private static string? Refuse(CryptoTransform transform)
    {
        CryptoAlgorithm algorithm = transform.Algorithm;
        KernelRung rung = algorithm.Kernel;
        if (rung.Name is null)
        {
            return rung.Reason ?? $"AF_ALG does not have {algorithm}";
        }

        if (transform.Key?.Length is { } keyLength && rung.KeySizes?.Contains(keyLength) == false)
        {
            return $"AF_ALG takes a key of {rung.KeySizes} bytes for {algorithm}, not of {keyLength}";
        }

        if (rung.IvSizes?.Contains(transform.EffectiveIvLength) == false)
        {
            return $"AF_ALG takes an IV of {rung.IvSizes} bytes for {algorithm}, not of {transform.EffectiveIvLength}";
        }

        return rung.TagSizes?.Contains(transform.EffectiveTagLength) == false
            ? $"AF_ALG has tags of {rung.TagSizes} bytes for {algorithm}, not of {transform.EffectiveTagLength}"
            : null;
    }

    private (string Reason, string? Cure) Explain(CryptoTransform transform, AfAlgFailure failure, AfAlgTarget tried)
    {
        // A pinned driver that is there but serves another algorithm.
        if (
            pinned is not null
            && machine.Catalogue.FindDriver(pinned) is { IsUsable: true } entry
            && entry.Name != transform.Algorithm.Kernel.Name
        )
        {
            return ($"{pinned} serves {ServedBy(pinned)}, not {transform.Algorithm.Kernel.Name}", null);
        }

        return machine.Diagnosis.Explain(failure, tried, machine.Catalogue);
    }

    private string ServedBy(string driver) =>
        string.Join(", ", machine.Catalogue.Entries.Where(entry => entry.DriverName == driver).Select(entry => entry.Name).Distinct());

    /// <summary>What decides whether a target takes a transform: its sizes, not its key bytes.</summary>
    private readonly record struct TransformShape(CryptoAlgorithm Algorithm, int KeyLength, int TagLength, int IvLength)
    {
        private const int Unknown = -1;

        /// <summary>False for a key that stays in the kernel, which may be refused for what it is.</summary>
        public bool IsComparable => KeyLength != Unknown;

        public static TransformShape Of(CryptoTransform transform) =>
            new(
                transform.Algorithm,
                transform.Key is KernelKey ? Unknown : transform.Key?.Length ?? 0,
                transform.EffectiveTagLength,
                transform.EffectiveIvLength
            );
    }
}
