using CryptoDev.Native;

namespace CryptoDev.Dialects;

/// <summary>
/// cryptodev-linux 1.14. Its sessions keep IV and hash state, it has no limit of length, and one call does all kinds of authenticated
/// records.
/// </summary>
internal sealed partial class CryptodevLinuxCodec : DialectCodec
{
    /// <summary>One page, because the kernel maps the associated data as one page.</summary>
    public const int MostAssociatedData = 4096;

    /// <summary>The longest header of an SRTP packet before its payload.</summary>
    private const int LongestSrtpHeader = 256;

    /// <summary>
    /// The longest MAC of a TLS record, AALG_MAX_RESULT_LEN. It may be longer than the digest. The kernel then writes what is behind the
    /// digest on its stack; here the rest is zero.
    /// </summary>
    private const int LongestTlsTag = 64;

    private CryptodevLinuxCodec()
        : base("cryptodev-linux", CryptodevLinuxTable.Numbers, KeyNumberTable.Classic, CryptodevLinuxTable.Words) { }

    public static CryptodevLinuxCodec Instance { get; } = new();

    public override int Resolve(in SessionCall call, out SessionRecipe? recipe)
    {
        recipe = null;
        AlgorithmNumber? cipher = null;
        AlgorithmNumber? mac = null;
        if (
            (call.Cipher == 0 && call.Mac == 0)
            || (call.Cipher != 0 && (cipher = Numbers.Find(call.Cipher, call.KeyLength, NumberRole.Cipher, NumberRole.Aead)) is null)
            || (call.Mac != 0 && (mac = Numbers.Find(call.Mac, call.MacKeyLength, NumberRole.Mac)) is null)
        )
        {
            return LibC.EINVAL;
        }

        // With an AEAD the kernel looks the MAC up and does not use it, but a key for it is refused.
        if (cipher?.Role == NumberRole.Aead && call.MacKeyLength != 0)
        {
            return LibC.EINVAL;
        }

        mac = cipher?.Role == NumberRole.Aead ? null : mac;
        recipe = new SessionRecipe
        {
            Cipher = cipher,
            Mac = mac,
            KeyLength = cipher is null ? 0 : (int)call.KeyLength,

            // If there is a length and no pointer, the kernel uses the content of its stack as the MAC key. Here the address 0 gives
            // EFAULT.
            MacKeyLength = mac is null ? 0 : (int)call.MacKeyLength,
            IvLength = cipher?.IvSize ?? 0,
            TagLength = mac?.TagSize ?? cipher!.TagSize,
        };
        return 0;
    }

    public override int Plan(in CryptCall call, DialectSession session, out CryptPlan plan)
    {
        plan = default;
        if (
            call.Action is not (CryptAction.Encrypt or CryptAction.Decrypt)
            || session.IsAead
            || call.Length > int.MaxValue
            || call.Length % session.BlockSize != 0
        )
        {
            return LibC.EINVAL;
        }

        bool hashes = session.Mac is not null;
        bool final = hashes && (call.Has(CryptCallFlags.Final) || !call.Has(CryptCallFlags.Update) || call.Length == 0);
        if (final && call.Tag == 0)
        {
            return LibC.EFAULT;
        }

        plan = WithIv(
            call,
            session,
            new CryptPlan
            {
                Action = call.Action,
                MacOrder = MacOrder.MacPlaintext,
                TagAction = TagAction.Compute,
                Source = call.Source,
                SourceLength = call.Source == 0 ? 0 : (int)call.Length,
                Destination = call.Destination,
                DestinationLength = session.Cipher is null || call.Source == 0 ? 0 : (int)call.Length,
                Tag = call.Tag,
                TagLength = session.TagSize,
                ComputedTagLength = session.ComputedTagSize,

                // The kernel compares the whole field with 0. So with NO_ZC or WRITE_IV alone the hash continues that of the last call, and
                // still ends.
                HashReset = hashes && (call.Flags == CryptCallFlags.None || call.Has(CryptCallFlags.Reset)),
                HashFinal = final,
            }
        );
        return 0;
    }

    public override int PlanAuthenticated(in CryptCall call, DialectSession session, out CryptPlan plan)
    {
        plan = default;
        if (session.Cipher is null || call.Action is not (CryptAction.Encrypt or CryptAction.Decrypt) || call.Length > int.MaxValue)
        {
            return LibC.EINVAL;
        }

        CryptPlan begun = WithIv(
            call,
            session,
            new CryptPlan
            {
                Action = call.Action,
                TagAction = call.Action == CryptAction.Encrypt ? TagAction.Compute : TagAction.Verify,
                Source = call.Source,
                SourceLength = (int)call.Length,
                Destination = call.Destination,
                DestinationLength = (int)call.Length,
                AssociatedData = call.AssociatedData,
                AssociatedDataLength = (int)call.AssociatedDataLength,
                Tag = call.Tag,
                TagLength = call.TagLength == 0 ? session.TagSize : (int)Math.Min(call.TagLength, int.MaxValue),
                HashReset = true,
                HashFinal = true,
            }
        );
        begun = begun with { ComputedTagLength = begun.TagLength };
        int error =
            begun.TagLength > (call.Has(CryptCallFlags.Tls) && !call.Has(CryptCallFlags.Srtp) ? LongestTlsTag : session.TagSize)
                ? LibC.EINVAL
            : call.Has(CryptCallFlags.Srtp) ? Srtp(session, ref begun)
            : call.AssociatedDataLength > MostAssociatedData ? LibC.EINVAL
            : call.Has(CryptCallFlags.Tls) ? Tls(session, ref begun)
            : Plain(session, ref begun);
        plan = error == 0 ? begun : default;
        return error;
    }

    protected override bool ServesBothDirections(MacOrder order) => order == MacOrder.MacPlaintext;

    protected override string? AddAead(ref SessionCall call, AlgorithmNumber row, CryptoTransform transform, int keyLength)
    {
        call = call with { Cipher = row.Id, KeyLength = keyLength };

        // The tag length can be reduced in each call. CCM's nonce length is in its IV block.
        return row.IvForm != IvForm.CcmBlock && transform.EffectiveIvLength != row.IvSize
            ? $"{row.Name} takes a nonce of {row.IvSize} bytes; {transform.EffectiveIvLength} are wanted"
            : null;
    }

    // The session keeps the IV of the last operation. A call without an IV uses it.
    private static CryptPlan WithIv(in CryptCall call, DialectSession session, CryptPlan plan) =>
        session.IvSize == 0
            ? plan
            : plan with
            {
                IvPlace = call.Iv != 0 ? IvPlace.Pointer : IvPlace.Session,
                Iv = call.Iv,
                IvLength = session.IvSize,
                WriteIv = call.Has(CryptCallFlags.WriteIv) && call.Iv != 0,
            };

    private static int Plain(DialectSession session, ref CryptPlan plan)
    {
        bool encrypts = plan.Action == CryptAction.Encrypt;
        long result = encrypts ? (long)plan.SourceLength + plan.TagLength : plan.SourceLength - plan.TagLength;

        // Kernels since 4.2 take associated data without a pointer from the message. This is not reproduced.
        if (
            !session.IsAead
            || !session.Cipher!.Algorithm!.TagSizes.Contains(plan.TagLength)
            || result is < 0 or > int.MaxValue
            || (plan.AssociatedDataLength != 0 && plan.AssociatedData == 0)
        )
        {
            return LibC.EINVAL;
        }

        // crypto_aead_setauthsize: the session keeps the shorter tag length for all later calls.
        session.TagSize = plan.TagLength;
        plan = plan with
        {
            AuthMode = AuthMode.Plain,
            IsTagAttached = true,
            DestinationLength = (int)result,
            Tag = plan.Destination + (nint)(encrypts ? plan.SourceLength : result),
        };
        return 0;
    }

    private static int Tls(DialectSession session, ref CryptPlan plan)
    {
        if (session.IsAead || session.Mac is null || plan.Source != plan.Destination)
        {
            return LibC.EINVAL;
        }

        int block = session.BlockSize;
        if (plan.Action == CryptAction.Encrypt)
        {
            // There is at least one byte of padding, which has the number of padding bytes. With a stream cipher there is no padding
            // (authenc.c tests for blocksize > 1).
            long unpadded = (long)plan.SourceLength + plan.TagLength;
            long padded = block == 1 ? unpadded : (unpadded / block * block) + block;
            if (padded > int.MaxValue)
            {
                return LibC.EINVAL;
            }

            plan = plan with { DestinationLength = (int)padded };
        }
        else if (plan.SourceLength % block != 0)
        {
            return LibC.EINVAL;
        }
        else if (plan.SourceLength < plan.TagLength || plan.SourceLength == 0)
        {
            return LibC.EBADMSG;
        }

        plan = plan with { AuthMode = AuthMode.Tls, MacOrder = MacOrder.MacPlaintext };
        return 0;
    }

    private static int Srtp(DialectSession session, ref CryptPlan plan)
    {
        long header = (long)plan.Source - plan.AssociatedData;
        if (
            session.IsAead
            || session.Mac is null
            || session.BlockSize != 1
            || plan.Source != plan.Destination
            || header is < 0 or > LongestSrtpHeader
            || plan.AssociatedDataLength < header + plan.SourceLength
            || plan.AssociatedDataLength == 0
        )
        {
            return LibC.EINVAL;
        }

        // The kernel treats the tag as part of the length, so a payload that is shorter than the tag is never decrypted.
        if (plan.Action == CryptAction.Decrypt && (plan.SourceLength == 0 || plan.SourceLength < plan.TagLength))
        {
            return LibC.EINVAL;
        }

        plan = plan with { AuthMode = AuthMode.Srtp, MacOrder = MacOrder.MacCiphertext };
        return 0;
    }
}
