using CryptoDev.Native;

namespace CryptoDev.Dialects;

/// <summary>
/// FreeBSD 13.0: the modes of 14, with the one length of nonce and tag that each algorithm has, and without ChaCha20-Poly1305.
/// </summary>
internal sealed class FreeBsdCodec13() : FreeBsdCodec14("freebsd 13", FreeBsdNumberTable.Release13)
{
    /// <summary>The fields for lengths are padding, which nobody looks at.</summary>
    public override int Resolve(in SessionCall call, out SessionRecipe? recipe) =>
        base.Resolve(call with { IvLength = 0, TagLength = 0 }, out recipe);

    /// <summary>CIOCCRYPT knows no AEAD, and no empty message even where a tag comes of it.</summary>
    protected override bool RefusesLength(in CryptCall call, DialectSession session) => session.IsAead || call.Length == 0;

    /// <summary>
    /// CIOCCRYPTAEAD takes an IV in front as CIOCCRYPT does; the modes whose nonce must be explicit refuse it in their driver. A session
    /// without IV wants none.
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

        // A message shorter than its IV has a negative length in the kernel; not reproduced.
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
