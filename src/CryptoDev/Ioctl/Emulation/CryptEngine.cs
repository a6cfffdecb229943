using System.Buffers.Binary;
using System.Security.Cryptography;
using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// Runs a plan with the framework's sessions. Operations of several steps are composed here and not in a framework session. The order of
/// the steps, the bytes that the MAC covers and the use of the tag differ between dialects, and in one dialect from call to call.
/// </summary>
internal static class CryptEngine
{
    /// <summary>Runs the operation.</summary>
    /// <param name="session">The session. The caller holds a reference to it.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="buffers">The bytes.</param>
    /// <param name="scratch">The quota for the memory of a second pass.</param>
    /// <param name="written">The length of the result in bytes, with an IV before it.</param>
    /// <returns>0 or an errno value. After an error nothing of the result may reach the caller.</returns>
    public static int Run(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, Quota scratch, out int written)
    {
        written = 0;
        if (session.Dialect.IsUnusable)
        {
            return LibC.EINVAL;
        }

        try
        {
            return session.Compression is not null ? CompressionSteps.Run(session, plan, buffers, scratch, out written)
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
            // The dialect accepts these and the algorithm does not: an XTS unit over 2^24 bytes, and a counter of ChaCha20 that would wrap.
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
    /// Computes the MAC of the associated data and the message, and cuts it to the tag's length. If the tag is longer than the MAC, the
    /// rest is zero (FreeBSD's NULL_HMAC).
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

    /// <summary>Reads the IV from the place that the plan names, and brings it into the framework's form.</summary>
    /// <returns>Its length, or -1 if there is no such IV.</returns>
    private static int TakeIv(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, Span<byte> iv) =>
        plan.IvPlace switch
        {
            IvPlace.Pointer => session.Dialect.FormatIv(buffers.Iv, iv),
            IvPlace.SourcePrefix => session.Dialect.FormatIv(buffers.Source[..plan.IvLength], iv),
            IvPlace.RandomPrefix => RandomIv(session, plan, buffers, iv),
            _ => 0,
        };

    // Writes the IV to its place in the result. For in-place work this overwrites the caller's bytes, so a MAC over them must be computed
    // before.
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
                written = error == 0 ? GiveMessage(plan, buffers) : 0;
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
        RunCipher(session, cipher, plan.Direction, message, result, iv[..length]);
        written = prefix + message.Length;
        return session.Mac is null || macsInput
            ? 0
            : Authenticate(session, plan, buffers, plan.MacCoversPrefix ? buffers.Result[..written] : result, default);
    }

    /// <summary>The result of a digest or MAC alone: the message, for a caller who gave a destination.</summary>
    /// <returns>Its length, with an IV before it.</returns>
    private static int GiveMessage(in CryptPlan plan, in CryptBuffers buffers)
    {
        if (plan.DestinationLength == 0)
        {
            return 0;
        }

        buffers.Source.CopyTo(buffers.Result);
        return buffers.Source.Length;
    }

    /// <summary>Runs a cipher in place over the result of an earlier step.</summary>
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

        RunCipher(session, cipher, plan.CipherDirection, text, text, iv[..length]);
        return 0;
    }

    private static void RunCipher(
        EmulatedSession session,
        Session cipher,
        CryptDirection direction,
        ReadOnlySpan<byte> source,
        Span<byte> destination,
        ReadOnlySpan<byte> iv
    )
    {
        if (session.KeyStream is { } stream)
        {
            stream.Run(source, destination);
            return;
        }

        cipher.Process(
            new CryptOp
            {
                Direction = direction,
                Source = source,
                Destination = destination,
                Iv = iv,
            }
        );
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
        Session? aead = length < 0 ? null : session.AeadFor(length, plan.TagLength, buffers.AssociatedData.Length, message.Length);
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
    /// GCM decryption of NetBSD. The caller gets the plaintext and the expected tag, and compares the tag himself. The framework does not
    /// return plaintext without verifying the tag. So this decrypts with GCM's counter mode, and encrypts the result again to get the tag.
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
            // NIST SP 800-38D 7.1: block 1 is for the tag, and the message starts at block 2.
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
