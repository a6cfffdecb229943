using CryptoDev.Framework;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>
/// Tries targets in order until one opens. A target that worked is remembered by key and tag length. A target that failed is asked again
/// next time.
/// </summary>
internal sealed class AfAlgProber(AfAlgMachine machine, string? pinned)
{
    private readonly VerdictCache<TransformShape, Finding> _findings = new(machine.Clock);

    /// <summary>The verdict for one transform. The transform is opened and closed again.</summary>
    public DriverVerdict Probe(CryptoTransform transform)
    {
        if (Refuse(transform) is { } reason)
        {
            return DriverVerdict.No(reason);
        }

        TransformShape shape = TransformShape.Of(transform);
        if (shape.IsComparable && _findings.TryRecall(shape, out Finding? known, out _))
        {
            return known!.Verdict;
        }

        using AfAlgOpening? opening = TryOpen(transform, out AfAlgTarget tried, out AfAlgFailure failure);
        if (opening is null)
        {
            (string why, string? cure) = Explain(transform, failure, tried);
            DriverVerdict refusal = DriverVerdict.No(why, cure, failure.Error.Number);
            if (shape.IsComparable)
            {
                _findings.RememberRefusal(shape, new Finding(tried, refusal), failure.Error.Number);
            }

            return refusal;
        }

        return VerdictOf(opening);
    }

    /// <summary>An open transform, or an exception with the reason.</summary>
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
        if (shape.IsComparable && _findings.TryRecall(shape, out Finding? known, out bool worked) && worked)
        {
            tried = known!.Target;
            if (AfAlgOpening.TryOpen(tried, transform, out failure) is { } again)
            {
                return again;
            }

            // A module was unloaded or a device was removed in the meantime, so the targets are tried again.
            _findings.Forget(shape);
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
                _findings.Remember(shape, new Finding(target, VerdictOf(opening)));
            }

            return opening;
        }

        return null;
    }

    /// <summary>Refusals that follow from the table, without asking the kernel.</summary>
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
        // The pinned driver exists but serves another algorithm.
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

    private static DriverVerdict VerdictOf(AfAlgOpening opening) =>
        DriverVerdict.Yes(opening.Target.Kind, AfAlgSessions.MessageLimit(opening), opening.Target.KernelDriver);

    /// <summary>The target tried last, and its verdict.</summary>
    private sealed record Finding(AfAlgTarget Target, DriverVerdict Verdict);
}
