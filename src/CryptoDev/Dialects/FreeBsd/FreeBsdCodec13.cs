using CryptoDev.Native;

namespace CryptoDev.Dialects;

/// <summary>
/// FreeBSD 13.0. It has the modes of 14, but each algorithm has only one length of nonce and tag, and there is no ChaCha20-Poly1305.
/// </summary>
internal sealed class FreeBsdCodec13() : FreeBsdCodec14("freebsd 13", FreeBsdNumberTable.Release13)
{
    /// <summary>The fields for lengths are padding in 13.0 and are ignored.</summary>
    public override int Resolve(in SessionCall call, out SessionRecipe? recipe) =>
        base.Resolve(call with { IvLength = 0, TagLength = 0 }, out recipe);

    /// <summary>CIOCCRYPT takes no AEAD session, and no empty message even if there is a tag to compute.</summary>
    protected override bool RefusesLength(in CryptCall call, DialectSession session) => session.IsAead || call.Length == 0;

    /// <summary>
    /// CIOCCRYPTAEAD takes an IV before the message, like CIOCCRYPT. The drivers of modes that need an explicit nonce refuse it. A session
    /// without an IV takes no IV.
    /// </summary>
    protected override int PlaceRecordIv(in CryptCall call, DialectSession session, ref CryptPlan plan)
    {
        if (session.IvSize == 0)
        {
            return call.Iv != 0 && call.IvLength != 0 ? LibC.EINVAL : 0;
        }

        if (call.Iv != 0)
        {
            return base.PlaceRecordIv(call, session, ref plan);
        }

        // In the kernel a message that is shorter than its IV has a negative length. This is not reproduced.
        if (session.IsAead || call.Length < session.IvSize)
        {
            return LibC.EINVAL;
        }

        plan = WithPrefix(call, session, plan);
        return 0;
    }

    protected override string? AddAead(ref SessionCall call, AlgorithmNumber row, CryptoTransform transform, int keyLength)
    {
        call = call with { Cipher = row.Id, KeyLength = keyLength };
        return RequireStandardLengths(row, transform);
    }
}
