using CryptoDev.Native;

namespace CryptoDev.Dialects;

/// <summary>
/// FreeBSD 14, and what 13 shares with it: one mode per session, always encrypt-then-MAC, and decryption verifies the tag.
/// </summary>
internal class FreeBsdCodec14(string form, AlgorithmNumberTable numbers) : FreeBsdCodec(form, numbers)
{
    public override int NoDriverError => LibC.EOPNOTSUPP;

    public override int Resolve(in SessionCall call, out SessionRecipe? recipe)
    {
        int error = base.Resolve(call, out recipe);
        if (error != 0)
        {
            return error;
        }

        // In this kernel ChaCha20-Poly1305 also has a nonce of eight bytes. No rung of the framework has it.
        AlgorithmNumber? nonced = recipe!.Cipher ?? recipe.Mac;
        bool ivFits =
            call.IvLength == 0
            || (call.IvLength == nonced!.IvSize && nonced.IvSize != 0)
            || (nonced!.Algorithm == CryptoAlgorithm.AesCcm && nonced.Algorithm.IvSizes.Contains(call.IvLength));
        bool tagFits = call.TagLength == 0 || (call.TagLength > 0 && call.TagLength <= recipe.TagLength);
        if (!ivFits || !tagFits)
        {
            recipe = null;
            return LibC.EINVAL;
        }

        recipe = recipe with
        {
            IvLength = call.IvLength != 0 ? call.IvLength : recipe.IvLength,
            TagLength = call.TagLength != 0 ? call.TagLength : recipe.TagLength,
        };
        return 0;
    }

    public override int Plan(in CryptCall call, DialectSession session, out CryptPlan plan)
    {
        plan = default;
        if (call.Length > MostBytes)
        {
            return LibC.E2BIG;
        }

        if (RefusesAtOnce(call, session) || (call.Tag != 0 && session.TagSize == 0))
        {
            return LibC.EINVAL;
        }

        // The kernel copies the source in before it makes these checks.
        CryptPlan begun = Start(call, session);
        bool isRefused =
            !IsKnown(call, session)
            || (session.Cipher is not null && RefusesLength(call, session))
            || (call.Iv != 0 && session.IvSize == 0)
            || (call.Iv == 0 && (call.Length < session.IvSize || (session.IsAead && session.IvSize != 0)));
        int late =
            isRefused ? LibC.EINVAL
            : begun.TagAction == TagAction.Verify && call.Tag == 0 ? LibC.EFAULT
            : 0;
        plan =
            late != 0 ? begun with { LateError = late }
            : call.Iv != 0 ? begun with { IvPlace = IvPlace.Pointer, Iv = call.Iv, IvLength = session.IvSize }
            : session.IvSize != 0 ? WithPrefix(call, session, begun)
            : begun;
        return 0;
    }

    public override int PlanAuthenticated(in CryptCall call, DialectSession session, out CryptPlan plan)
    {
        plan = default;
        if (call.Length > MostBytes || call.AssociatedDataLength > MostBytes)
        {
            return LibC.E2BIG;
        }

        int error =
            session.Cipher is null || session.TagSize == 0 || call.Tag == 0 || RefusesAtOnce(call, session) || !IsKnown(call, session)
                ? LibC.EINVAL
                : 0;
        CryptPlan begun =
            error != 0
                ? default
                : Start(call, session) with
                {
                    AssociatedData = call.AssociatedData,
                    AssociatedDataLength = (int)call.AssociatedDataLength,
                };
        error = error != 0 ? error : PlaceRecordIv(call, session, ref begun);
        plan = error == 0 ? begun : default;
        return error;
    }

    protected override bool AcceptsMate(AlgorithmNumber cipher, in SessionCall call, out bool repeatsKey)
    {
        repeatsKey = call.Mac != 0;
        return call.Mac == 0 || (call.KeyLength == call.MacKeyLength && IsMate(Numbers, cipher, call));
    }

    protected override bool ServesBothDirections(MacOrder order) => order == MacOrder.MacCiphertext;

    /// <summary>Whether CIOCCRYPT refuses a length for a cipher. It refuses an empty message, unless there is a tag to compute.</summary>
    protected virtual bool RefusesLength(in CryptCall call, DialectSession session) =>
        !session.IsAead && session.Mac is null && (call.Length == 0 || (call.Iv == 0 && call.Length == session.IvSize));

    /// <summary>The IV of CIOCCRYPTAEAD.</summary>
    protected virtual int PlaceRecordIv(in CryptCall call, DialectSession session, ref CryptPlan plan)
    {
        // An encrypt-then-MAC session with XTS takes sixteen bytes of IV and uses eight.
        bool fits = call.IvLength == session.IvSize || (session.Cipher!.IvForm == IvForm.UnitNumber && call.IvLength == 16);
        if (call.Iv == 0 || session.IvSize == 0 || !fits)
        {
            return LibC.EINVAL;
        }

        plan = plan with { IvPlace = IvPlace.Pointer, Iv = call.Iv, IvLength = session.IvSize };
        return 0;
    }

    /// <summary>An IV before the message. It is skipped, and not written to the destination.</summary>
    protected static CryptPlan WithPrefix(in CryptCall call, DialectSession session, CryptPlan plan) =>
        plan with
        {
            IvPlace = IvPlace.SourcePrefix,
            IvLength = session.IvSize,
            DestinationOffset = session.IvSize,
            DestinationLength = LeavesNothing(call, session) ? 0 : (int)call.Length - session.IvSize,
        };

    protected override string? AddAead(ref SessionCall call, AlgorithmNumber row, CryptoTransform transform, int keyLength)
    {
        if (row.Algorithm != CryptoAlgorithm.AesCcm && transform.EffectiveIvLength != row.IvSize)
        {
            return $"{row.Name} takes a nonce of {row.IvSize} bytes; {transform.EffectiveIvLength} are wanted";
        }

        call = call with
        {
            Cipher = row.Id,
            KeyLength = keyLength,

            // 0 for the default length, because releases before 14 need zero in these fields.
            IvLength = transform.EffectiveIvLength == row.IvSize ? 0 : transform.EffectiveIvLength,
            TagLength = transform.EffectiveTagLength == row.TagSize ? 0 : transform.EffectiveTagLength,
        };
        return null;
    }

    private static bool RefusesAtOnce(in CryptCall call, DialectSession session) =>
        call.Length % session.BlockSize != 0 || (call.Has(CryptCallFlags.CipherFirst) && call.Action != CryptAction.Encrypt);

    private static bool IsKnown(in CryptCall call, DialectSession session) =>
        call.Action is CryptAction.Encrypt or CryptAction.Decrypt || (session.Cipher is null && call.Action == CryptAction.Unspecified);

    private static CryptPlan Start(in CryptCall call, DialectSession session)
    {
        CryptAction action = EncryptOrElse(call.Action);
        return Begin(call, session) with
        {
            Action = action,
            MacOrder = MacOrder.MacCiphertext,
            TagAction =
                session.TagSize != 0 && session.Cipher is not null && action == CryptAction.Decrypt ? TagAction.Verify : TagAction.Compute,
        };
    }
}
