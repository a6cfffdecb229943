using CryptoDev.Native;

namespace CryptoDev.Dialects;

/// <summary>FreeBSD up to 12. The caller chooses the order of the descriptors. Only CIOCCRYPTAEAD verifies tags.</summary>
internal sealed class FreeBsdCodec12() : FreeBsdCodec("freebsd 12", FreeBsdNumberTable.Release12)
{
    public override int Plan(in CryptCall call, DialectSession session, out CryptPlan plan)
    {
        plan = default;
        int error = Check(call, session);

        // CIOCCRYPTAEAD takes an empty message; this call does not.
        if (error == 0 && session.Cipher is not null && call.Length == 0)
        {
            error = LibC.EINVAL;
        }

        if (error != 0)
        {
            return error;
        }

        plan = ClassicIv(call, session, Start(call, session));
        return 0;
    }

    public override int PlanAuthenticated(in CryptCall call, DialectSession session, out CryptPlan plan)
    {
        plan = default;
        if (call.AssociatedDataLength > MostBytes)
        {
            return LibC.E2BIG;
        }

        int error = Check(call, session);
        if (error == 0 && (session.Cipher is null || session.TagSize == 0 || call.Tag == 0))
        {
            error = LibC.EINVAL;
        }

        if (error != 0)
        {
            return error;
        }

        // With a shorter IV the kernel would use old content of its array for the rest. This is not reproduced.
        bool ivFits = call.Iv == 0 || (call.IvLength <= LongestIv && call.IvLength >= session.IvSize);
        plan = ClassicIv(
            call,
            session,
            Start(call, session) with
            {
                AssociatedData = call.AssociatedData,
                AssociatedDataLength = (int)call.AssociatedDataLength,
                LateError = ivFits ? 0 : LibC.EINVAL,
            }
        );
        return 0;
    }

    public override CryptCallFlags FlagsFor(MacOrder order, CryptDirection direction) =>
        (order == MacOrder.MacCiphertext) == (direction == CryptDirection.Encrypt) ? CryptCallFlags.CipherFirst : CryptCallFlags.None;

    protected override bool AcceptsMate(AlgorithmNumber cipher, in SessionCall call, out bool repeatsKey)
    {
        repeatsKey = true;
        return IsMate(Numbers, cipher, call);
    }

    // COP_F_CIPHER_FIRST is a flag of each operation, so both orders are possible in both directions.
    protected override bool ServesBothDirections(MacOrder order) => true;

    protected override string? AddAead(ref SessionCall call, AlgorithmNumber row, CryptoTransform transform, int keyLength)
    {
        AlgorithmNumber mate = Numbers.Rows.First(candidate =>
            candidate.Role == NumberRole.AeadMate
            && candidate.KeySizes.Contains(keyLength)
            && (candidate.Id == Ioctl.FreeBsd.CRYPTO_AES_CCM_CBC_MAC) == (row.Id == Ioctl.FreeBsd.CRYPTO_AES_CCM_16)
        );
        call = call with { Cipher = row.Id, KeyLength = keyLength, Mac = mate.Id, MacKeyLength = keyLength };
        return RequireStandardLengths(row, transform);
    }

    private int Check(in CryptCall call, DialectSession session)
    {
        if (call.Length > MostBytes)
        {
            return LibC.E2BIG;
        }

        return call.Length % session.BlockSize != 0 ? LibC.EINVAL : 0;
    }

    private static CryptPlan Start(in CryptCall call, DialectSession session)
    {
        CryptAction action = EncryptOrElse(call.Action);
        return Begin(call, session) with
        {
            Action = action,
            MacOrder = OrderOf(action, call.Has(CryptCallFlags.CipherFirst)),
            TagAction = session.IsAead && action == CryptAction.Decrypt ? TagAction.Verify : TagAction.Compute,
            LateError = call.Tag != 0 && session.TagSize == 0 ? LibC.EINVAL : 0,
        };
    }
}
