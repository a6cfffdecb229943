using System.Buffers.Binary;
using System.Security.Cryptography;
using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// Computes what a plan says, on the framework's sessions. The steps of a composed operation stand here, not in a composed session, because
/// their order, what the MAC covers and what is done about a tag differ between dialects, and within one from call to call.
/// </summary>
internal static class CryptEngine
{
    /// <summary>Runs the operation.</summary>
    /// <param name="session">The session; whoever calls holds a reference.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="buffers">The bytes.</param>
    /// <param name="scratch">Memory for a second pass, counted to the client.</param>
    /// <param name="written">Bytes of the result, an IV in front included.</param>
    /// <returns>0 or an errno value; then nothing of the result is for the caller.</returns>
    public static int Run(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, Quota scratch, out int written)
    {
        written = 0;
        try
        {
            return session.Compression is not null ? CompressionSteps.Run(session, plan, buffers, out written)
                : plan.AuthMode != AuthMode.Plain ? Locked(session, plan, buffers, out written)
                : session.Dialect.IsAead ? Aead(session, plan, buffers, scratch, out written)
                : CipherAndMac(session, plan, buffers, out written);
        }
        catch (AuthenticationTagMismatchException)
        {
            return LibC.EBADMSG;
        }
        catch (ArgumentException)
        {
            // What the dialect lets pass and the algorithm does not: an XTS unit over 2^24 bytes, ChaCha20's counter about to wrap.
            return LibC.EINVAL;
        }
        catch (CryptoDevException error)
        {
            return error.Errno == 0 ? LibC.EIO : error.Errno;
        }
        catch (OutOfMemoryException)
        {
            return LibC.ENOMEM;
        }
    }

    /// <summary>
    /// The MAC of a message, with associated data before it, cut to the tag's room; what the room has more stays zero (FreeBSD's
    /// NULL_HMAC).
    /// </summary>
    public static void ComputeMac(
        EmulatedSession session,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> iv,
        Span<byte> tag
    )
    {
        Span<byte> digest = stackalloc byte[AlgorithmLimits.LongestDigest];
        digest = digest[..session.Mac!.TagLength];
        session.Mac.Process(
            new CryptOp
            {
                AssociatedData = associatedData,
                Source = message,
                Iv = iv,
                Tag = digest,
                TagAction = TagAction.Compute,
            }
        );
        tag.Clear();
        digest[..Math.Min(digest.Length, tag.Length)].CopyTo(tag);
    }

    /// <summary>The framework's IV for an operation, from wherever the plan has it.</summary>
    /// <returns>Its length, or -1 where there is no such IV.</returns>
    private static int TakeIv(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, Span<byte> iv) =>
        plan.IvPlace switch
        {
            IvPlace.Pointer => session.Dialect.FormatIv(buffers.Iv, iv),
            IvPlace.SourcePrefix => session.Dialect.FormatIv(buffers.Source[..plan.IvLength], iv),
            IvPlace.RandomPrefix => RandomIv(session, plan, buffers, iv),
            _ => 0,
        };

    // Into the place that the IV has in the result: for in-place work the caller's own bytes there are gone after this, so a MAC over them
    // comes first.
    private static int RandomIv(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, Span<byte> iv)
    {
        Span<byte> prefix = buffers.Result[..plan.IvLength];
        RandomNumberGenerator.Fill(prefix);
        return session.Dialect.FormatIv(prefix, iv);
    }

    private static int Locked(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, out int written)
    {
        lock (session.Gate)
        {
            LinuxIv.Set(session, plan, buffers);
            int error =
                plan.AuthMode == AuthMode.Tls
                    ? RecordSteps.Tls(session, plan, buffers, out written)
                    : RecordSteps.Srtp(session, plan, buffers, out written);
            LinuxIv.Get(session, buffers);
            return error;
        }
    }

    private static int CipherAndMac(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, out int written)
    {
        if (session.KeepsState)
        {
            lock (session.Gate)
            {
                return LinuxSteps.Run(session, plan, buffers, out written);
            }
        }

        written = 0;
        bool encrypts = plan.Direction == CryptDirection.Encrypt;
        int prefix = plan.PrefixLength;
        ReadOnlySpan<byte> message = buffers.Source[prefix..];
        Span<byte> iv = stackalloc byte[DialectCodec.LongestIv];
        bool macsInput = session.Mac is not null && (session.Cipher is null || encrypts == (plan.MacOrder == MacOrder.MacPlaintext));
        if (macsInput)
        {
            int nonce = session.Cipher is null ? TakeIv(session, plan, buffers, iv) : 0;
            int error = Authenticate(session, plan, buffers, plan.MacCoversPrefix ? buffers.Source : message, iv[..nonce]);
            if (error != 0 || session.Cipher is null)
            {
                return error;
            }
        }

        int length = TakeIv(session, plan, buffers, iv);
        Session? cipher = session.CipherFor(message.Length);
        if (length < 0 || cipher is null)
        {
            return LibC.EINVAL;
        }

        if (plan.IvPlace == IvPlace.SourcePrefix)
        {
            buffers.Source[..prefix].CopyTo(buffers.Result);
        }

        Span<byte> result = buffers.Result.Slice(prefix, message.Length);
        cipher.Process(
            new CryptOp
            {
                Direction = plan.Direction,
                Source = message,
                Destination = result,
                Iv = iv[..length],
            }
        );
        written = prefix + message.Length;
        return session.Mac is null || macsInput
            ? 0
            : Authenticate(session, plan, buffers, plan.MacCoversPrefix ? buffers.Result[..written] : result, default);
    }

    /// <summary>A cipher over what an earlier step left in its place, in place.</summary>
    public static int EncipherBehind(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, Span<byte> message)
    {
        Span<byte> iv = stackalloc byte[DialectCodec.LongestIv];
        int length = TakeIv(
            session,
            plan,
            new CryptBuffers
            {
                Source = message,
                Result = message,
                Iv = buffers.Iv,
            },
            iv
        );
        Span<byte> text = message[plan.PrefixLength..];
        if (length < 0 || session.CipherFor(text.Length) is not { } cipher)
        {
            return LibC.EINVAL;
        }

        cipher.Process(
            new CryptOp
            {
                Direction = plan.CipherDirection,
                Source = text,
                Destination = text,
                Iv = iv[..length],
            }
        );
        return 0;
    }

    private static int Authenticate(
        EmulatedSession session,
        in CryptPlan plan,
        in CryptBuffers buffers,
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> iv
    )
    {
        if (plan.TagAction != TagAction.Verify)
        {
            ComputeMac(session, buffers.AssociatedData, message, iv, buffers.Tag);
            return 0;
        }

        Span<byte> tag = stackalloc byte[AlgorithmLimits.LongestDigest];
        tag = tag[..plan.TagLength];
        ComputeMac(session, buffers.AssociatedData, message, iv, tag);
        return CryptographicOperations.FixedTimeEquals(tag, buffers.Tag) ? 0 : LibC.EBADMSG;
    }

    private static int Aead(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, Quota scratch, out int written)
    {
        if (!session.KeepsState)
        {
            return AeadMessage(session, plan, buffers, scratch, out written);
        }

        lock (session.Gate)
        {
            LinuxIv.Set(session, plan, buffers);
            LinuxIv.Get(session, buffers);
            return AeadMessage(session, plan, buffers, scratch, out written);
        }
    }

    private static int AeadMessage(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, Quota scratch, out int written)
    {
        written = 0;
        bool encrypts = plan.Direction == CryptDirection.Encrypt;
        int prefix = plan.PrefixLength;
        ReadOnlySpan<byte> message = buffers.Source[
            prefix..(buffers.Source.Length - (plan.IsTagAttached && !encrypts ? plan.TagLength : 0))
        ];
        Span<byte> iv = stackalloc byte[DialectCodec.LongestIv];
        int length = session.KeepsState ? session.Dialect.FormatIv(session.Iv, iv) : TakeIv(session, plan, buffers, iv);
        Session? aead = length < 0 ? null : session.AeadFor(length, plan.TagLength, (long)message.Length + buffers.AssociatedData.Length);
        if (aead is null)
        {
            return LibC.EINVAL;
        }

        if (plan.IvPlace == IvPlace.SourcePrefix)
        {
            buffers.Source[..prefix].CopyTo(buffers.Result);
        }

        Span<byte> result = buffers.Result.Slice(prefix, message.Length);
        Span<byte> tag = stackalloc byte[AlgorithmLimits.LongestDigest];
        tag = tag[..plan.TagLength];
        written = prefix + message.Length + (plan.IsTagAttached && encrypts ? plan.TagLength : 0);
        if (!encrypts && plan.TagAction == TagAction.Compute)
        {
            int error = DecryptUnverified(session, aead, message, result, iv[..length], tag, scratch);
            tag.CopyTo(buffers.Tag);
            return error;
        }

        if (!encrypts)
        {
            (plan.IsTagAttached ? buffers.Source[^plan.TagLength..] : buffers.Tag).CopyTo(tag);
        }

        aead.Process(
            new CryptOp
            {
                Direction = plan.Direction,
                Source = message,
                Destination = result,
                Iv = iv[..length],
                AssociatedData = buffers.AssociatedData,
                Tag = encrypts ? tag : default,
                ExpectedTag = encrypts ? default : tag,
            }
        );
        if (encrypts)
        {
            tag.CopyTo(plan.IsTagAttached ? buffers.Result[(prefix + message.Length)..] : buffers.Tag);
        }

        return 0;
    }

    /// <summary>
    /// NetBSD's GCM: the caller gets the plaintext and the tag that the ciphertext should have, and compares by himself. The framework
    /// gives no plaintext without a look at the tag, so it is GCM's counter mode that decrypts; the tag is that of encrypting the result
    /// again.
    /// </summary>
    private static int DecryptUnverified(
        EmulatedSession session,
        Session aead,
        ReadOnlySpan<byte> message,
        Span<byte> result,
        ReadOnlySpan<byte> nonce,
        Span<byte> tag,
        Quota quota
    )
    {
        if (session.Counter() is not { } counter)
        {
            return LibC.EINVAL;
        }

        if (!RentedBytes.TryRent(quota, message.Length, out RentedBytes scratch))
        {
            return LibC.ENOMEM;
        }

        using (scratch)
        {
            // NIST SP 800-38D 7.1: block 1 makes the tag, the message begins at block 2.
            Span<byte> block = stackalloc byte[16];
            nonce.CopyTo(block);
            BinaryPrimitives.WriteUInt32BigEndian(block[12..], 2);
            counter.Process(
                new CryptOp
                {
                    Direction = CryptDirection.Decrypt,
                    Source = message,
                    Destination = result,
                    Iv = block,
                }
            );
            aead.Process(
                new CryptOp
                {
                    Source = result,
                    Destination = scratch.Bytes,
                    Iv = nonce,
                    Tag = tag,
                }
            );
            return 0;
        }
    }
}
