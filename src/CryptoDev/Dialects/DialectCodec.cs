using System.Diagnostics.CodeAnalysis;
using CryptoDev.Native;

namespace CryptoDev.Dialects;

/// <summary>
/// One form of a dialect, that is, a system in a range of its releases: its ids, and the checks and the meaning of its calls. For a
/// caller's structs it converts a session call to a recipe, and an operation to a plan. For a driver that calls a kernel it converts
/// session parameters to a session call. It uses no driver, no session of the framework, and no memory except the spans it is given.
/// </summary>
internal abstract class DialectCodec(string form, AlgorithmNumberTable numbers, KeyNumberTable keyOperations, CallWordTable words)
{
    /// <summary>
    /// The length of the longest IV that a caller can give, in bytes: FreeBSD 12's array, a block of ChaCha20. The other kernels take less.
    /// </summary>
    public const int LongestIv = 64;

    /// <summary>The form's name, for example <c>freebsd 14</c>.</summary>
    public string Form => form;

    public AlgorithmNumberTable Numbers => numbers;

    public KeyNumberTable KeyOperations => keyOperations;

    /// <summary>The errno of the kernel when no driver takes the session.</summary>
    public virtual int NoDriverError => LibC.EINVAL;

    protected CallWordTable Words => words;

    /// <summary>Makes the checks of a session call that the kernel makes before it copies the keys.</summary>
    /// <returns>0 and a recipe, or an errno.</returns>
    public abstract int Resolve(in SessionCall call, out SessionRecipe? recipe);

    /// <summary>Makes the kernel's checks of an operation (CIOCCRYPT), and decides what it does.</summary>
    /// <returns>0 and a plan, or an errno.</returns>
    public abstract int Plan(in CryptCall call, DialectSession session, out CryptPlan plan);

    /// <summary>The same for the authenticated call (CIOCCRYPTAEAD, CIOCAUTHCRYPT).</summary>
    public virtual int PlanAuthenticated(in CryptCall call, DialectSession session, out CryptPlan plan)
    {
        plan = default;
        return LibC.EINVAL;
    }

    /// <summary>The flags with which a driver asks for an order of cipher and MAC in one operation.</summary>
    public virtual CryptCallFlags FlagsFor(MacOrder order, CryptDirection direction) => CryptCallFlags.None;

    /// <summary>
    /// Makes the call with which a driver asks this dialect's kernel for a session. The driver sets the addresses of the keys.
    /// </summary>
    /// <param name="parameters">The parameters of the framework.</param>
    /// <param name="call">The call.</param>
    /// <param name="reason">Why the dialect has no call for these parameters.</param>
    public bool TryEncode(SessionParameters parameters, out SessionCall call, [NotNullWhen(false)] out string? reason)
    {
        call = default;
        reason = parameters.Mode == SessionMode.Chain ? "the ioctls have no descriptors, so a chain of transforms cannot be said" : null;
        if (parameters.Mode == SessionMode.CipherAndMac && !ServesBothDirections(parameters.MacOrder))
        {
            reason = $"this dialect's cipher and MAC sessions do not keep the order {parameters.MacOrder} in both directions";
        }

        foreach (CryptoTransform transform in parameters.Transforms)
        {
            if (reason is not null)
            {
                return false;
            }

            if (transform.Key is KernelKey)
            {
                reason = "a key that stays in the kernel cannot be given to the device";
                return false;
            }

            int keyLength = transform.Key?.Length ?? 0;
            int tagLength = transform.Algorithm.Kind is AlgorithmKind.Mac or AlgorithmKind.Digest ? transform.EffectiveTagLength : 0;
            if (!numbers.TryFind(transform.Algorithm, keyLength, tagLength, out AlgorithmNumber? row, out reason))
            {
                return false;
            }

            reason = Add(ref call, row, transform, keyLength);
        }

        return reason is null;
    }

    /// <summary>Whether cipher and MAC can have this order both when encrypting and when decrypting.</summary>
    protected abstract bool ServesBothDirections(MacOrder order);

    /// <summary>Adds an AEAD to a session call.</summary>
    /// <returns>Null, or why the dialect has no call for it.</returns>
    protected abstract string? AddAead(ref SessionCall call, AlgorithmNumber row, CryptoTransform transform, int keyLength);

    /// <summary>Null if nonce and tag have the only lengths of a dialect without fields for them. Otherwise the reason.</summary>
    protected static string? RequireStandardLengths(AlgorithmNumber row, CryptoTransform transform) =>
        transform.EffectiveIvLength != row.IvSize || transform.EffectiveTagLength != row.TagSize
            ? $"{row.Name} takes a nonce of {row.IvSize} and a tag of {row.TagSize} bytes; {transform.EffectiveIvLength} and "
                + $"{transform.EffectiveTagLength} are wanted"
            : null;

    private string? Add(ref SessionCall call, AlgorithmNumber row, CryptoTransform transform, int keyLength)
    {
        switch (row.Role)
        {
            case NumberRole.Cipher:
                call = call with { Cipher = row.Id, KeyLength = keyLength };
                return null;
            case NumberRole.Mac:
                call = call with { Mac = row.Id, MacKeyLength = keyLength };
                return row.IvSize != 0 && transform.EffectiveIvLength != row.IvSize
                    ? $"{row.Name} takes a nonce of {row.IvSize} bytes; {transform.EffectiveIvLength} are wanted"
                    : null;
            case NumberRole.Compression:
                call = call with { Compression = row.Id };
                return null;
            default:
                return AddAead(ref call, row, transform, keyLength);
        }
    }
}
