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

        if (cipher?.Role == NumberRole.Aead)
        {
            if (!AcceptsMate(cipher, call, out repeats))
            {
                return LibC.EINVAL;
            }
        }
        else if (call.Mac != 0 && (mac = Numbers.Find(call.Mac, call.MacKeyLength, NumberRole.Mac)) is null)
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
            MacKeyLength = mac is null && !repeats ? 0 : (int)call.MacKeyLength,
            IvLength = (cipher ?? mac)?.IvSize ?? 0,
            TagLength = (mac ?? cipher)?.TagSize ?? 0,
            RepeatsKey = repeats,
        };
        return 0;
    }

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
    /// and are copied unchanged to the destination.
    /// </summary>
    protected static int ClassicIv(in CryptCall call, DialectSession session, ref CryptPlan plan)
    {
        if (call.Iv != 0)
        {
            if (session.Cipher is null || session.Cipher.RefusesIv)
            {
                return LibC.EINVAL;
            }

            plan = plan with { IvPlace = session.IvSize == 0 ? IvPlace.None : IvPlace.Pointer, Iv = call.Iv, IvLength = session.IvSize };
        }
        else if (session.Cipher is { RefusesIv: false } && session.IvSize != 0)
        {
            if (call.Length < session.IvSize)
            {
                return LibC.EINVAL;
            }

            plan = plan with { IvPlace = IvPlace.SourcePrefix, IvLength = session.IvSize, MacCoversPrefix = session.Mac is not null };
        }

        return 0;
    }
}
