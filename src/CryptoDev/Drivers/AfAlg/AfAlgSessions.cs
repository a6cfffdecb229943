using CryptoDev.Framework;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>Chooses the session class for an opened transform, once, by the facts of its row.</summary>
internal static class AfAlgSessions
{
    /// <summary>Takes over the opening.</summary>
    public static DriverSession Create(AfAlgOpening opening)
    {
        CryptoAlgorithm algorithm = opening.Transform.Algorithm;
        return opening.Target.Type switch
        {
            "hash" => new AfAlgDigestSession(opening),
            "aead" when algorithm.Kernel.MessageIsAssociatedData => new AfAlgGmacSession(opening),
            "aead" => new AfAlgAeadSession(opening),
            _ when algorithm.Chaining == IvChaining.InTransform => new AfAlgStreamSession(opening),
            _ => new AfAlgCipherSession(opening),
        };
    }

    /// <summary>The longest message of the session that <see cref="Create"/> would return.</summary>
    public static long MessageLimit(AfAlgOpening opening) =>
        opening.Target.Type switch
        {
            "aead" => AfAlgAeadSession.MessageLimit(opening),
            "skcipher" => AfAlgCipherSession.MessageLimit(opening),
            _ => long.MaxValue,
        };
}
