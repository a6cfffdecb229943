using CryptoDev.Native;
using static CryptoDev.Drivers.Software.KeyOps.SoftwareKeyOperations;

namespace CryptoDev.Drivers.Software.KeyOps;

/// <summary>
/// FIPS 186-4, section 4. All arithmetic on secret numbers is constant-time. Where the nonce is inverted, a random factor masks the nonce
/// and the key. Every signature is verified before it is returned. With a deterministic nonce, one wrong signature and one right signature
/// for the same digest would reveal the key.
/// </summary>
internal static class DsaSignature
{
    /// <summary>
    /// A nonce that gives r = 0 or s = 0 is discarded. This never happens in a real group. The limit ends the loop where the parameters are
    /// no group.
    /// </summary>
    private const int Tries = 64;

    public static int Sign(KeyOp op, BigNumWorkspace work)
    {
        BigNumHandle p = Load(op, work, 1);
        BigNumHandle q = Load(op, work, 2);
        BigNumHandle g = Load(op, work, 3);
        BigNumHandle x = Load(op, work, 4);
        BigNumHandle z = work.Mod(Leftmost(work, op.Input(0), q.Bits), q);
        MontgomeryContextHandle modP = work.Montgomery(p);
        MontgomeryContextHandle modQ = work.Montgomery(q);
        using DeterministicNonce? nonces = op.Nonce == DsaNonce.Deterministic ? new DeterministicNonce(op.Input(0), x, z, q) : null;
        for (int i = 0; i < Tries; i++)
        {
            BigNumHandle k = nonces?.Next(work) ?? work.RandomBelow(q);
            if (k.IsZero)
            {
                continue;
            }

            BigNumHandle r = Commit(work, g, k, p, q, modP);
            BigNumHandle s = Respond(work, k, x, z, r, q, modQ);
            if (r.IsZero || s.IsZero)
            {
                continue;
            }

            return Recompute(work, g, x, z, r, s, p, q, modP, modQ).IsSameAs(r) ? Write(op, r, 0) | Write(op, s, 1) : LibC.EINVAL;
        }

        return LibC.EINVAL;
    }

    public static int Verify(KeyOp op, BigNumWorkspace work)
    {
        BigNumHandle p = Load(op, work, 1);
        BigNumHandle q = Load(op, work, 2);
        BigNumHandle g = Load(op, work, 3);
        BigNumHandle y = Load(op, work, 4);
        BigNumHandle r = Load(op, work, 5);
        BigNumHandle s = Load(op, work, 6);
        if (r.IsZero || s.IsZero || !r.IsBelow(q) || !s.IsBelow(q) || work.Inverse(s, q) is not { } w)
        {
            return LibC.EPERM;
        }

        BigNumHandle u1 = work.ModMultiply(Leftmost(work, op.Input(0), q.Bits), w, q);
        BigNumHandle u2 = work.ModMultiply(r, w, q);
        return work.Mod(work.PublicDoublePower(g, u1, y, u2, p), q).IsSameAs(r) ? 0 : LibC.EPERM;
    }

    /// <summary>The leftmost bits of the digest, as many as q has.</summary>
    private static BigNumHandle Leftmost(BigNumWorkspace work, ReadOnlySpan<byte> digest, int bits)
    {
        using SecureMemoryHandle reversed = SecureMemoryHandle.Copy(digest);
        reversed.Bytes.Reverse();
        BigNumHandle number = work.Load(reversed.Bytes);
        int excess = (digest.Length * 8) - bits;
        return excess > 0 ? work.ShiftRight(number, excess) : number;
    }

    /// <summary>r = (g^k mod p) mod q.</summary>
    private static BigNumHandle Commit(
        BigNumWorkspace work,
        BigNumHandle g,
        BigNumHandle k,
        BigNumHandle p,
        BigNumHandle q,
        MontgomeryContextHandle modP
    ) => work.Mod(work.Power(g, FixedLength(work, k, q), p, modP), q);

    /// <summary>
    /// s = k^-1 (z + x r) mod q. A random factor masks x and z, and k^-1 removes it again. k^-1 is computed as k^(q - 2).
    /// </summary>
    private static BigNumHandle Respond(
        BigNumWorkspace work,
        BigNumHandle k,
        BigNumHandle x,
        BigNumHandle z,
        BigNumHandle r,
        BigNumHandle q,
        MontgomeryContextHandle modQ
    )
    {
        BigNumHandle mask = work.RandomBelow(q);
        if (mask.IsZero)
        {
            mask = work.Word(1);
        }

        BigNumHandle maskedX = work.MontgomeryMultiply(mask, x, modQ);
        BigNumHandle sum = Sum(work, work.MontgomeryMultiply(maskedX, r, modQ), work.MontgomeryMultiply(mask, z, modQ), q);
        BigNumHandle inverse = work.Power(work.MontgomeryMultiply(mask, k, modQ), work.Less(q, 2), q, modQ);
        return work.MontgomeryMultiply(sum, inverse, modQ);
    }

    /// <summary>The value that r must have for this s: g^(s^-1 (z + x r)).</summary>
    private static BigNumHandle Recompute(
        BigNumWorkspace work,
        BigNumHandle g,
        BigNumHandle x,
        BigNumHandle z,
        BigNumHandle r,
        BigNumHandle s,
        BigNumHandle p,
        BigNumHandle q,
        MontgomeryContextHandle modP,
        MontgomeryContextHandle modQ
    )
    {
        BigNumHandle inverse = work.Power(s, work.Less(q, 2), q, modQ);
        BigNumHandle k = Sum(
            work,
            work.MontgomeryMultiply(work.MontgomeryMultiply(inverse, x, modQ), r, modQ),
            work.MontgomeryMultiply(inverse, z, modQ),
            q
        );
        return Commit(work, g, k, p, q, modP);
    }

    /// <summary>
    /// k + q or k + 2q, the one that has one bit more than q. Both give the same power of g. The fixed length reveals nothing about k. A
    /// length that varies would reveal the key after many signatures. Both sums are computed and a mask selects one, in a fixed number of
    /// words. libcrypto's sums get one more word when they need it, and that is visible (CVE-2018-0734).
    /// </summary>
    internal static BigNumHandle FixedLength(BigNumWorkspace work, BigNumHandle k, BigNumHandle q)
    {
        using PowerOfTwoRing ring = new(q.Bits + 2);
        Span<ulong> once = ring.New();
        Span<ulong> twice = ring.New();
        Span<ulong> longEnough = ring.New();
        ring.Add(ring.Load(k), ring.Load(q), once);
        ring.Add(once, ring.Load(q), twice);
        PowerOfTwoRing.Choose(once, q.Bits, once, twice, longEnough);
        return ring.Store(longEnough, work);
    }

    /// <summary>
    /// a + b modulo q, both below q, in a fixed number of words as above. A reader of the signature knows one summand, so a visible carry
    /// would reveal something about the other.
    /// </summary>
    internal static BigNumHandle Sum(BigNumWorkspace work, BigNumHandle a, BigNumHandle b, BigNumHandle q)
    {
        using PowerOfTwoRing ring = new(q.Bits + 2);
        Span<ulong> sum = ring.New();
        Span<ulong> less = ring.New();
        Span<ulong> reduced = ring.New();
        ring.Add(ring.Load(a), ring.Load(b), sum);
        ring.Subtract(sum, ring.Load(q), less);

        // A difference below zero has wrapped to the top of the ring.
        PowerOfTwoRing.Choose(less, q.Bits + 1, sum, less, reduced);
        return ring.Store(reduced, work);
    }
}
