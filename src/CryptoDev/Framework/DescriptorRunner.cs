using System.Security.Cryptography;
using CryptoDev.Drivers;

namespace CryptoDev.Framework;

/// <summary>
/// Runs the descriptor form of an operation. Each step is one transform over a piece of one buffer, in place. All steps are checked before
/// the first one runs, so an error in the third leaves the buffer unchanged.
/// </summary>
internal static class DescriptorRunner
{
    /// <summary>
    /// Runs all steps. <paramref name="counts"/> counts the message once, with the length of the buffer. The steps that the session's own
    /// driver counts are subtracted.
    /// </summary>
    public static int Run(SessionParameters parameters, DriverSession driver, in CryptOp op, ICountingSession counts)
    {
        if (!op.Source.IsEmpty || !op.Destination.IsEmpty || !op.Iv.IsEmpty || !op.Tag.IsEmpty || !op.ExpectedTag.IsEmpty)
        {
            throw new ArgumentException(
                "The descriptor form works on Buffer; Source, Destination, Iv, Tag and ExpectedTag belong to the flat form.",
                nameof(op)
            );
        }

        foreach (ref readonly CryptDescriptor step in op.Descriptors)
        {
            Check(parameters, driver, in op, in step);
        }

        SessionStatistics counted = default;
        try
        {
            for (int i = 0; i < op.Descriptors.Length; i++)
            {
                ref readonly CryptDescriptor step = ref op.Descriptors[i];
                int index = IndexOf(parameters, step.Algorithm);
                DriverSession part = driver.Part(index)!;
                bool isOwn = ReferenceEquals(part, driver);
                if (!RunStep(part, parameters.Transforms[index], in op, in step, isOwn, ref counted))
                {
                    counts.Counters.Add(0, 0, 1);
                    ZeroWhatWasDecrypted(in op, i);
                    throw new AuthenticationTagMismatchException();
                }
            }
        }
        catch (CryptoDevException)
        {
            // Where the driver's session runs the step itself, and not one of its parts, the driver has already counted the failure.
            counts.Counters.Add(0, 0, ReferenceEquals(driver.Part(0), driver) ? 0 : 1);
            throw;
        }
        finally
        {
            counts.Counters.Add(-counted.Operations, -counted.Bytes, -counted.Failures);
        }

        counts.Counters.Add(1, op.Buffer.Length, 0);
        return op.Buffer.Length;
    }

    /// <summary>Runs one step. False when a tag or digest is wrong. The counts of the session's own driver are added up.</summary>
    private static bool RunStep(
        DriverSession part,
        CryptoTransform transform,
        in CryptOp op,
        in CryptDescriptor step,
        bool isOwn,
        ref SessionStatistics counted
    )
    {
        bool matches = transform.Algorithm.Kind switch
        {
            AlgorithmKind.Cipher => RunCipher(part, transform, in op, in step),
            AlgorithmKind.Aead => RunAead(part, transform, in op, in step),
            _ => RunDigest(part, transform, in op, in step),
        };
        if (isOwn)
        {
            // A digest that does not match was computed without an error, so it counts as a success. Only an AEAD's tag is compared below.
            counted +=
                matches || transform.Algorithm.Kind != AlgorithmKind.Aead
                    ? new SessionStatistics(1, step.Length, 0)
                    : new SessionStatistics(0, 0, 1);
        }

        return matches;
    }

    private static void Check(SessionParameters parameters, DriverSession driver, in CryptOp op, in CryptDescriptor step)
    {
        if (step.Algorithm is null)
        {
            throw new ArgumentException("A descriptor names no algorithm.", nameof(op));
        }

        int index = IndexOf(parameters, step.Algorithm);
        if (index < 0)
        {
            throw new ArgumentException(
                $"A descriptor names {step.Algorithm}, which is not a transform of this session ({parameters}).",
                nameof(op)
            );
        }

        DriverSession part =
            driver.Part(index)
            ?? throw new CryptoDevException(
                0,
                driver.Driver.Name,
                "run descriptors",
                "this driver runs the session's transforms as one; use the flat form or the software driver."
            );
        CryptoTransform transform = parameters.Transforms[index];
        CheckRange(step.Skip, step.Length, op.Buffer.Length, "worked on");
        Span<byte> region = op.Buffer.Slice(step.Skip, step.Length);
        switch (transform.Algorithm.Kind)
        {
            case AlgorithmKind.Cipher:
                CryptOpValidator.CheckMessage(transform.Algorithm, region, region);
                CryptOpValidator.CheckLimits(transform.Algorithm, 0, step.Length, part.Limits);
                CheckCipherIv(transform, in op, in step);
                break;
            case AlgorithmKind.Aead:
                CryptOpValidator.CheckMessage(transform.Algorithm, region, region);
                CryptOpValidator.CheckLimits(transform.Algorithm, op.AssociatedData.Length, step.Length, part.Limits);
                CryptOpValidator.CheckIv(transform.Algorithm, step.Iv, transform.EffectiveIvLength, step.Length);
                CheckRange(step.Inject, transform.EffectiveTagLength, op.Buffer.Length, "for the tag");
                CryptOpValidator.CheckApart(op.Buffer.Slice(step.Inject, transform.EffectiveTagLength), region, "tag");
                break;
            case AlgorithmKind.Compression:
                throw new ArgumentException(
                    "Compression changes the length of a message and has no descriptor form; use a session of its own.",
                    nameof(op)
                );
            default:
                CryptOpValidator.CheckLimits(transform.Algorithm, 0, step.Length, part.Limits);
                CryptOpValidator.CheckIv(transform.Algorithm, step.Iv, transform.EffectiveIvLength, step.Length);
                CheckRange(step.Inject, transform.EffectiveTagLength, op.Buffer.Length, "for the digest");
                break;
        }
    }

    private static void CheckCipherIv(CryptoTransform transform, in CryptOp op, in CryptDescriptor step)
    {
        int length = transform.EffectiveIvLength;
        if (Has(in step, CryptDescriptorFlags.IvExplicit))
        {
            CryptOpValidator.CheckIv(transform.Algorithm, step.Iv, length, step.Length);
        }

        bool touchesBuffer =
            !Has(in step, CryptDescriptorFlags.IvExplicit)
            || (Has(in step, CryptDescriptorFlags.Encrypt) && !Has(in step, CryptDescriptorFlags.IvPresent));
        if (touchesBuffer && length != 0)
        {
            CheckRange(step.Inject, length, op.Buffer.Length, "for the IV");
            CryptOpValidator.CheckApart(op.Buffer.Slice(step.Inject, length), op.Buffer.Slice(step.Skip, step.Length), "IV");
        }
    }

    private static void CheckRange(int offset, int length, int total, string what)
    {
        if (offset < 0 || length < 0 || offset > total - length)
        {
            throw new ArgumentException(
                $"A descriptor's bytes {what} ({length} at offset {offset}) do not lie in the buffer of {total} bytes.",
                "op"
            );
        }
    }

    private static bool RunCipher(DriverSession part, CryptoTransform transform, in CryptOp op, in CryptDescriptor step)
    {
        Span<byte> region = op.Buffer.Slice(step.Skip, step.Length);
        bool encrypt = Has(in step, CryptDescriptorFlags.Encrypt);
        Span<byte> iv = stackalloc byte[AlgorithmLimits.LongestIv];
        iv = iv[..transform.EffectiveIvLength];
        if (iv.Length > 0)
        {
            Span<byte> inject = op.Buffer[step.Inject..];
            if (Has(in step, CryptDescriptorFlags.IvExplicit))
            {
                step.Iv.CopyTo(iv);
            }
            else if (encrypt && !Has(in step, CryptDescriptorFlags.IvPresent))
            {
                RandomIv.Fill(transform.Algorithm, iv);
            }
            else
            {
                inject[..iv.Length].CopyTo(iv);
            }

            if (encrypt && !Has(in step, CryptDescriptorFlags.IvPresent))
            {
                iv.CopyTo(inject);
            }

            CryptOpValidator.CheckIv(transform.Algorithm, iv, iv.Length, step.Length);
        }

        part.Process(
            new CryptOp
            {
                Direction = encrypt ? CryptDirection.Encrypt : CryptDirection.Decrypt,
                Source = region,
                Destination = region,
                Iv = iv,
            }
        );
        return true;
    }

    private static bool RunAead(DriverSession part, CryptoTransform transform, in CryptOp op, in CryptDescriptor step)
    {
        Span<byte> region = op.Buffer.Slice(step.Skip, step.Length);
        Span<byte> tag = op.Buffer.Slice(step.Inject, transform.EffectiveTagLength);
        bool encrypt = Has(in step, CryptDescriptorFlags.Encrypt);
        int written = part.Process(
            new CryptOp
            {
                Direction = encrypt ? CryptDirection.Encrypt : CryptDirection.Decrypt,
                Source = region,
                Destination = region,
                Iv = step.Iv,
                AssociatedData = op.AssociatedData,
                Tag = encrypt ? tag : default,
                ExpectedTag = encrypt ? default : tag,
            }
        );
        if (written == DriverSession.TagMismatch)
        {
            region.Clear();
            return false;
        }

        return true;
    }

    private static bool RunDigest(DriverSession part, CryptoTransform transform, in CryptOp op, in CryptDescriptor step)
    {
        Span<byte> computed = stackalloc byte[AlgorithmLimits.LongestDigest];
        computed = computed[..transform.EffectiveTagLength];
        part.Process(
            new CryptOp
            {
                Source = op.Buffer.Slice(step.Skip, step.Length),
                Iv = step.Iv,
                Tag = computed,
                TagAction = TagAction.Compute,
            }
        );
        Span<byte> inject = op.Buffer.Slice(step.Inject, computed.Length);
        if (op.TagAction == TagAction.Verify)
        {
            return CryptographicOperations.FixedTimeEquals(computed, inject);
        }

        computed.CopyTo(inject);
        return true;
    }

    private static void ZeroWhatWasDecrypted(in CryptOp op, int failed)
    {
        foreach (ref readonly CryptDescriptor step in op.Descriptors[..failed])
        {
            if (step.Algorithm.Kind is AlgorithmKind.Cipher or AlgorithmKind.Aead && !Has(in step, CryptDescriptorFlags.Encrypt))
            {
                op.Buffer.Slice(step.Skip, step.Length).Clear();
            }
        }
    }

    // Enum.HasFlag is not used: it boxes wherever the compiler does not optimise it. In User-Mode Linux this happened even in code that had
    // run for a minute.
    private static bool Has(in CryptDescriptor step, CryptDescriptorFlags flag) => (step.Flags & flag) != 0;

    private static int IndexOf(SessionParameters parameters, CryptoAlgorithm algorithm)
    {
        for (int i = 0; i < parameters.Transforms.Count; i++)
        {
            if (ReferenceEquals(parameters.Transforms[i].Algorithm, algorithm))
            {
                return i;
            }
        }

        return -1;
    }
}
