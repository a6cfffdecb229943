using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// The IV of cryptodev-linux. The session keeps it and updates it after each operation, as the kernel's cipher does. The caller holds the
/// session's gate.
/// </summary>
internal static class LinuxIv
{
    /// <summary>The length of the copies in bytes where the kernel does not work on the caller's pages.</summary>
    public const int PageLength = 4096;

    /// <summary>Replaces the session's IV if the caller gives one.</summary>
    public static void Set(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers)
    {
        if (plan.IvPlace == IvPlace.Pointer)
        {
            buffers.Iv.CopyTo(session.Iv);
        }
    }

    /// <summary>Copies the session's IV for a caller that wants it back.</summary>
    public static void Get(EmulatedSession session, in CryptBuffers buffers)
    {
        if (!buffers.Iv.IsEmpty)
        {
            session.Iv.CopyTo(buffers.Iv);
        }
    }

    /// <summary>Runs the cipher with the session's IV and updates the IV.</summary>
    /// <returns>0, or EINVAL if no driver takes such a long message.</returns>
    public static int RunCipher(EmulatedSession session, CryptDirection direction, ReadOnlySpan<byte> source, Span<byte> result)
    {
        // The kernel does nothing for an empty message, even if the mode has a minimum length.
        if (source.IsEmpty)
        {
            return 0;
        }

        if (session.CipherFor(source.Length) is not { } cipher)
        {
            return LibC.EINVAL;
        }

        CryptoAlgorithm algorithm = session.Dialect.Cipher!.Algorithm!;
        Span<byte> iv = session.Iv;
        Span<byte> used = stackalloc byte[algorithm.IvSizes.Maximum];
        iv[..Math.Min(iv.Length, used.Length)].CopyTo(used);
        int block = algorithm.ChainBlockSize;
        int whole = source.Length / block * block;
        Span<byte> lastIn = stackalloc byte[block];
        if (whole != 0)
        {
            // Copied before the cipher runs, because in-place work overwrites the input.
            source.Slice(whole - block, block).CopyTo(lastIn);
        }

        cipher.Process(
            new CryptOp
            {
                Direction = direction,
                Source = source,
                Destination = result[..source.Length],
                Iv = used,
            }
        );
        if (!iv.IsEmpty)
        {
            Advance(
                cipher,
                algorithm,
                direction,
                iv,
                lastIn,
                whole == 0 ? default : result.Slice(whole - block, block),
                whole / block,
                source.Length != whole
            );
        }

        return 0;
    }

    /// <summary>
    /// Runs the cipher page by page. A mode that chains goes on from page to page. XTS begins each page with the tweak of the message.
    /// </summary>
    public static int RunPages(EmulatedSession session, CryptDirection direction, ReadOnlySpan<byte> source, Span<byte> result)
    {
        int error = 0;
        for (int at = 0; at < source.Length && error == 0; at += PageLength)
        {
            ReadOnlySpan<byte> page = source.Slice(at, Math.Min(PageLength, source.Length - at));
            error = RunCipher(session, direction, page, result[at..]);
        }

        return error;
    }

    private static void Advance(
        Session cipher,
        CryptoAlgorithm algorithm,
        CryptDirection direction,
        Span<byte> iv,
        ReadOnlySpan<byte> lastIn,
        ReadOnlySpan<byte> lastOut,
        int blocks,
        bool hasRest
    )
    {
        if (blocks != 0)
        {
            IvChain.Advance(algorithm.Chaining, direction, iv, lastIn, lastOut, blocks);
        }

        // The kernel's counter mode counts a block that has begun. Its output feedback keeps the key stream block that it made last. Its
        // cipher feedback does not keep an unfinished block.
        if (hasRest && algorithm.Chaining == IvChaining.Counter128)
        {
            IvChain.Advance(algorithm.Chaining, direction, iv, default, default, 1);
        }
        else if (hasRest && algorithm.Chaining == IvChaining.LastKeyStreamBlock)
        {
            Span<byte> stream = stackalloc byte[iv.Length];
            stream.Clear();
            cipher.Process(
                new CryptOp
                {
                    Direction = direction,
                    Source = stream,
                    Destination = stream,
                    Iv = iv,
                }
            );
            stream.CopyTo(iv);
        }
    }
}

/// <summary>
/// CIOCCRYPT of cryptodev-linux. A hash can run over several calls. It is computed over the plaintext in both directions.
/// </summary>
internal static class LinuxSteps
{
    public static int Run(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, out int written)
    {
        LinuxIv.Set(session, plan, buffers);
        written = 0;
        if (session.Mac is not null && plan.HashReset)
        {
            session.SetHash(null);
        }

        bool encrypts = plan.Direction == CryptDirection.Encrypt;
        if (session.Mac is not null && (encrypts || session.Cipher is null))
        {
            Hash(session, plan, buffers.Source, buffers.Tag);
        }

        if (session.Cipher is not null)
        {
            int error = plan.IsPaged
                ? LinuxIv.RunPages(session, plan.Direction, buffers.Source, buffers.Result)
                : LinuxIv.RunCipher(session, plan.Direction, buffers.Source, buffers.Result);
            if (error != 0)
            {
                return error;
            }

            written = buffers.Source.Length;
            LinuxIv.Get(session, buffers);
            if (session.Mac is not null && !encrypts)
            {
                Hash(session, plan, buffers.Result[..written], buffers.Tag);
            }
        }

        return 0;
    }

    // In the kernel, the state after the final of a hash cannot be used. Here the next hash starts anew.
    private static void Hash(EmulatedSession session, in CryptPlan plan, ReadOnlySpan<byte> message, Span<byte> tag)
    {
        if (plan.HashFinal && session.Hash is null)
        {
            CryptEngine.ComputeMac(session, default, message, default, tag);
            return;
        }

        RunningHash hash = session.BeginHash();
        try
        {
            hash.Update(message);
            if (!plan.HashFinal)
            {
                return;
            }

            Span<byte> digest = stackalloc byte[AlgorithmLimits.LongestDigest];
            hash.Final(digest);
            digest[..tag.Length].CopyTo(tag);
        }
        catch (CryptoDevException)
        {
            // It is unknown how many bytes were hashed, so the hash cannot go on.
            session.SetHash(null);
            throw;
        }

        session.SetHash(null);
    }
}
