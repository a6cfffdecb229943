namespace CryptoDev.Framework;

/// <summary>
/// Checks a list of transforms once, when the parameters are built, and derives the mode. The layers below rely on the result.
/// </summary>
internal static class SessionParametersValidator
{
    /// <summary>More transforms than any BSD client sends. The limit keeps the scan for each descriptor short.</summary>
    private const int MostTransforms = 8;

    public static SessionMode Resolve(IReadOnlyList<CryptoTransform> transforms)
    {
        if (transforms.Count is 0 or > MostTransforms)
        {
            throw new ArgumentException(
                $"A session has 1 to {MostTransforms} transforms; {transforms.Count} were given.",
                nameof(transforms)
            );
        }

        HashSet<CryptoAlgorithm> seen = [];
        foreach (CryptoTransform transform in transforms)
        {
            if (transform is null)
            {
                throw new ArgumentException("A transform is null.", nameof(transforms));
            }

            Check(transform);
            if (!seen.Add(transform.Algorithm))
            {
                throw new ArgumentException(
                    $"{transform.Algorithm} stands in the list twice; descriptors find their transform by its algorithm.",
                    nameof(transforms)
                );
            }
        }

        return transforms switch
        {
            [{ Algorithm.Kind: AlgorithmKind.Cipher }] => SessionMode.Cipher,
            [{ Algorithm.Kind: AlgorithmKind.Digest or AlgorithmKind.Mac }] => SessionMode.Digest,
            [{ Algorithm.Kind: AlgorithmKind.Aead }] => SessionMode.Aead,
            [{ Algorithm.Kind: AlgorithmKind.Compression }] => SessionMode.Compression,
            [
                { Algorithm.Kind: AlgorithmKind.Cipher },
                { Algorithm: { Kind: AlgorithmKind.Digest or AlgorithmKind.Mac, IvSizes.Maximum: 0 } },
            ] => SessionMode.CipherAndMac,
            _ => SessionMode.Chain,
        };
    }

    private static void Check(CryptoTransform transform)
    {
        CryptoAlgorithm algorithm = transform.Algorithm;
        if (transform.Key is null && !algorithm.KeySizes.Contains(0))
        {
            throw new ArgumentException($"{algorithm} needs a key of {algorithm.KeySizes} bytes; none was given.", "key");
        }

        if (transform.Key is KernelKey && algorithm.KeySizes.Maximum == 0)
        {
            throw new ArgumentException($"{algorithm} takes no key.", "key");
        }

        if (transform.Key?.Length is { } keyLength)
        {
            if (!algorithm.KeySizes.Contains(keyLength))
            {
                throw new ArgumentException($"{algorithm} takes a key of {algorithm.KeySizes} bytes; {keyLength} were given.", "key");
            }

            int rounds = algorithm.RoundsForKey(keyLength);
            if (transform.Rounds != 0 && transform.Rounds != rounds)
            {
                throw new ArgumentException(
                    $"{algorithm} has {rounds} rounds with this key; {transform.Rounds} were asked for.",
                    nameof(CryptoTransform.Rounds)
                );
            }
        }
        else if (transform.Rounds != 0)
        {
            throw new ArgumentException(
                $"The rounds of {algorithm} follow from a key that is not known here; leave them 0.",
                nameof(CryptoTransform.Rounds)
            );
        }

        if (transform.TagLength != 0 && !algorithm.TagSizes.Contains(transform.TagLength))
        {
            throw new ArgumentException(
                $"{algorithm} has a tag of {algorithm.TagSizes} bytes; {transform.TagLength} were asked for.",
                nameof(CryptoTransform.TagLength)
            );
        }

        if (transform.IvLength != 0 && !algorithm.IvSizes.Contains(transform.IvLength))
        {
            throw new ArgumentException(
                $"{algorithm} takes an IV of {algorithm.IvSizes} bytes; {transform.IvLength} were asked for.",
                nameof(CryptoTransform.IvLength)
            );
        }
    }
}
