using CryptoDev.Native;

namespace CryptoDev.Dialects;

/// <summary>
/// What the three BSDs share. The session call has ids and key lengths. The operations copy IV and message in and the result out.
/// </summary>
internal abstract class BsdCodec(
    string form,
    AlgorithmNumberTable numbers,
    KeyNumberTable keyOperations,
    CallWordTable words,
    uint mostBytes
) : DialectCodec(form, numbers, keyOperations, words)
{
    /// <summary>The longest message in bytes: 256 KiB less four, and 64 KiB less four on OpenBSD since 2004.</summary>
    public uint MostBytes => mostBytes;

    public override int Resolve(in SessionCall call, out SessionRecipe? recipe)
    {
        recipe = null;
        AlgorithmNumber? cipher = null;
        AlgorithmNumber? mac = null;
        AlgorithmNumber? compression = null;
        bool repeats = false;
        if (call.Cipher != 0 && (cipher = Numbers.Find(call.Cipher, call.KeyLength, NumberRole.Cipher, NumberRole.Aead)) is null)
        {
            return LibC.EINVAL;
        }

        bool isWholeAead = cipher?.Role == NumberRole.Aead && AcceptsMate(cipher, call, out repeats);
        if (cipher?.Role == NumberRole.Aead && !isWholeAead && !OpensUnusableSessions)
        {
            return LibC.EINVAL;
        }

        if (!isWholeAead && call.Mac != 0 && (mac = FindMac(call)) is null)
        {
            return LibC.EINVAL;
        }

        if (call.Compression != 0 && (compression = Numbers.Find(call.Compression, 0, NumberRole.Compression)) is null)
        {
            return LibC.EINVAL;
        }

        // If nothing is asked for, some kernels find no driver and others refuse at once. Both give EINVAL.
        if (cipher is null && mac is null && compression is null)
        {
            return LibC.EINVAL;
        }

        recipe = new SessionRecipe
        {
            Cipher = cipher,
            Mac = mac,
            Compression = compression,
            KeyLength = cipher is null ? 0 : (int)call.KeyLength,
            MacKeyLength = mac is null && !(isWholeAead && repeats) ? 0 : (int)call.MacKeyLength,
            IvLength = (cipher ?? mac)?.IvSize ?? 0,
            TagLength = (cipher?.Role == NumberRole.Aead ? cipher : mac)?.TagSize ?? 0,
            IsUnusable =
                mac is { Role: NumberRole.AeadMate } or { IsUnusable: true }
                || (cipher?.Role == NumberRole.Aead && (!isWholeAead || compression is not null)),
            RepeatsKey = isWholeAead && repeats,
        };
        return 0;
    }

    /// <summary>
    /// Whether the session call only looks for its ids, so that it also opens an AEAD without its MAC id, and the MAC id without the AEAD.
    /// </summary>
    protected virtual bool OpensUnusableSessions => false;

    /// <summary>Whether the MAC id that comes with an AEAD fits it, and whether the call repeats the key.</summary>
    protected abstract bool AcceptsMate(AlgorithmNumber cipher, in SessionCall call, out bool repeatsKey);

    protected static CryptPlan Begin(in CryptCall call, DialectSession session) =>
        new()
        {
            Action = call.Action,
            Source = call.Source,
            SourceLength = (int)call.Length,
            Destination = call.Destination,
            DestinationLength = LeavesNothing(call, session) ? 0 : (int)call.Length,
            Tag = call.Tag,
            TagLength = session.TagSize,
            ComputedTagLength = session.ComputedTagSize,
            TagAction = TagAction.Compute,
            HashFinal = session.TagSize != 0,
            HashReset = true,
        };

    /// <summary>
    /// Whether nothing is to be copied to the destination. The kernels copy their buffer out whatever the session is: after a digest or
    /// MAC alone it holds the message. A caller who does not want that gives no destination.
    /// </summary>
    protected static bool LeavesNothing(in CryptCall call, DialectSession session) =>
        session.Cipher is null && session.Compression is null && call.Destination == 0;

    /// <summary>For kernels that only test for COP_ENCRYPT: every other number decrypts.</summary>
    protected static CryptAction EncryptOrElse(CryptAction action) =>
        action == CryptAction.Encrypt ? CryptAction.Encrypt : CryptAction.Decrypt;

    /// <summary>Converts the order of the MAC and the cipher descriptor to what the MAC covers.</summary>
    protected static MacOrder OrderOf(CryptAction action, bool cipherFirst) =>
        (action == CryptAction.Encrypt) == cipherFirst ? MacOrder.MacCiphertext : MacOrder.MacPlaintext;

    /// <summary>
    /// The IV of OpenBSD and of FreeBSD up to 12. It is at a pointer, or in the first bytes of the source. These bytes are not encrypted,
    /// and are copied unchanged to the destination. These kernels look at the IV when they have copied the source in.
    /// </summary>
    protected static CryptPlan ClassicIv(in CryptCall call, DialectSession session, in CryptPlan plan)
    {
        if (call.Iv != 0)
        {
            return session.Cipher is null || session.Cipher.RefusesIv
                ? plan with
                {
                    LateError = LibC.EINVAL,
                }
                : plan with
                {
                    IvPlace = session.IvSize == 0 ? IvPlace.None : IvPlace.Pointer,
                    Iv = call.Iv,
                    IvLength = session.IvSize,
                };
        }

        if (session.Cipher is not { RefusesIv: false } || session.IvSize == 0)
        {
            return plan;
        }

        return call.Length < session.IvSize
            ? plan with
            {
                LateError = LibC.EINVAL,
            }
            : plan with
            {
                IvPlace = IvPlace.SourcePrefix,
                IvLength = session.IvSize,
                MacCoversPrefix = session.Mac is not null,
            };
    }

    private AlgorithmNumber? FindMac(in SessionCall call) =>
        OpensUnusableSessions
            ? Numbers.Find(call.Mac, call.MacKeyLength, NumberRole.Mac, NumberRole.AeadMate)
            : Numbers.Find(call.Mac, call.MacKeyLength, NumberRole.Mac);
}
