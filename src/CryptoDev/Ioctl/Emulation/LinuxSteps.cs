using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// cryptodev-linux's IV: it stays in the session, moved on as the kernel's cipher leaves it. All under the session's gate.
/// </summary>
internal static class LinuxIv
{
    /// <summary>A caller who gives an IV replaces the session's.</summary>
    public static void Set(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers)
    {
        if (plan.IvPlace == IvPlace.Pointer)
        {
            buffers.Iv.CopyTo(session.Iv);
        }
    }

    /// <summary>The session's IV for a caller who wants it back.</summary>
    public static void Get(EmulatedSession session, in CryptBuffers buffers)
    {
        if (!buffers.Iv.IsEmpty)
        {
            session.Iv.CopyTo(buffers.Iv);
        }
    }

    /// <summary>Runs the cipher with the session's IV and moves that on.</summary>
    /// <returns>0, or EINVAL where no driver takes a message so long.</returns>
    public static int RunCipher(EmulatedSession session, CryptDirection direction, ReadOnlySpan<byte> source, Span<byte> result)
    {
        // The kernel leaves an empty message alone, also where the mode has a least length.
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
            // Before it runs: in place, the input is gone afterwards.
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

        // The kernel's counter mode counts a block begun, its output feedback keeps the key stream it has made; its cipher feedback
        // forgets.
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

/// <summary>cryptodev-linux's CIOCCRYPT: a hash that may run on over calls, over the plaintext in both directions.</summary>
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
            int error = LinuxIv.RunCipher(session, plan.Direction, buffers.Source, buffers.Result);
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

    // The kernel's final leaves a state behind that nobody can use; here the next hash starts anew.
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
            // How much of it was hashed is unknown: nothing can go on from there.
            session.SetHash(null);
            throw;
        }

        session.SetHash(null);
    }
}
