using System.Security.Cryptography;
using CryptoDev.Cli.Input;

namespace CryptoDev.Cli.Commands;

/// <summary>The options of enc as they were typed.</summary>
internal sealed record EncArguments
{
    public required string AlgorithmName { get; init; }

    public bool Decrypt { get; init; }

    public string? Key { get; init; }

    public string? Iv { get; init; }

    public string? AssociatedData { get; init; }

    public int? TagLength { get; init; }

    public required string Padding { get; init; }
}

/// <summary>The options of enc, checked against the algorithm. Errors are reported before any file is opened. Owns the key.</summary>
internal sealed class EncJob : IDisposable
{
    private readonly CryptoKey? _key;
    private readonly int _tagLength;

    private EncJob(
        CryptoAlgorithm algorithm,
        CryptoKey? key,
        byte[] iv,
        byte[] associatedData,
        int tagLength,
        CryptDirection direction,
        bool pads
    )
    {
        Algorithm = algorithm;
        _key = key;
        Iv = iv;
        AssociatedData = associatedData;
        _tagLength = tagLength;
        Direction = direction;
        Pads = pads;
    }

    public CryptoAlgorithm Algorithm { get; }

    public byte[] Iv { get; }

    public byte[] AssociatedData { get; }

    public CryptDirection Direction { get; }

    /// <summary>Whether PKCS #7 padding is added or removed.</summary>
    public bool Pads { get; }

    /// <summary>Whether the mode accepts a message in pieces. XTS takes one data unit, which is recognised by its minimum length.</summary>
    public bool IsStreamed => Algorithm is { Kind: AlgorithmKind.Cipher, MinimumMessageLength: 0 };

    public static EncJob From(EncArguments arguments, CancellationToken stop)
    {
        (CryptoAlgorithm algorithm, int implied) = CommonOptions.ParseAlgorithm(arguments.AlgorithmName);
        if (algorithm.Kind is AlgorithmKind.Digest or AlgorithmKind.Mac)
        {
            throw CliException.Usage($"{algorithm} makes digests; use 'cryptodev dgst -a {algorithm}'.");
        }

        if (algorithm.Kind != AlgorithmKind.Aead && (arguments.AssociatedData is not null || arguments.TagLength is not null))
        {
            throw CliException.Usage($"{algorithm} authenticates nothing; --aad and --tag-length are for AEAD algorithms such as aes-gcm.");
        }

        bool pads = Pad(algorithm, arguments.Padding);
        byte[] iv = ReadIv(algorithm, arguments.Iv, stop);
        byte[] associatedData = arguments.AssociatedData is { } aad ? ByteSource.Read("--aad", aad, stop) : [];
        CryptoKey? key = ReadKey(arguments, algorithm, implied, stop);
        try
        {
            EncJob job = new(
                algorithm,
                key,
                iv,
                associatedData,
                arguments.TagLength ?? 0,
                arguments.Decrypt ? CryptDirection.Decrypt : CryptDirection.Encrypt,
                pads
            );
            if (arguments.TagLength is 0)
            {
                throw CliException.Usage($"{algorithm} has a tag of {algorithm.TagSizes} bytes; 0 were asked for.");
            }

            // Build it once here, only for its checks: wrong lengths are reported before a file is opened.
            job.Build();
            return job;
        }
        catch
        {
            key?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The session parameters for this input. If the input is one message of known length, the driver must accept that length. The message
    /// of a pipe goes to the first driver that takes it when it has been read.
    /// </summary>
    public SessionParameters Parameters(Stream source)
    {
        SessionParameters parameters = Build().WithMaxAssociatedDataLength(AssociatedData.Length);
        if (IsStreamed || !source.CanSeek || source.Length > WholeMessage.Limit)
        {
            return parameters;
        }

        int tag =
            Direction == CryptDirection.Decrypt && Algorithm.Kind == AlgorithmKind.Aead
                ? _tagLength != 0
                    ? _tagLength
                    : Algorithm.TagSizes.Default
                : 0;
        return parameters.WithMaxMessageLength(Math.Max(0, source.Length - tag));
    }

    public void Dispose() => _key?.Dispose();

    private SessionParameters Build() =>
        Algorithm.Kind switch
        {
            AlgorithmKind.Cipher => SessionParameters.Cipher(Algorithm, _key),
            AlgorithmKind.Aead => SessionParameters.Aead(Algorithm, _key!, _tagLength, Iv.Length),
            _ => SessionParameters.Compression(Algorithm),
        };

    private static bool Pad(CryptoAlgorithm algorithm, string padding) =>
        padding.ToLowerInvariant() switch
        {
            "none" => false,
            "pkcs7" when algorithm.Kind == AlgorithmKind.Cipher && algorithm.BlockSize > 1 => true,
            "pkcs7" => throw CliException.Usage(
                $"--pad pkcs7 is for block modes such as aes-cbc; {algorithm} takes any length and needs none."
            ),
            _ => throw CliException.Usage($"--pad takes 'none' or 'pkcs7'; '{padding}' was given."),
        };

    private static byte[] ReadIv(CryptoAlgorithm algorithm, string? text, CancellationToken stop)
    {
        SizeSet sizes = algorithm.IvSizes;
        if (text is null)
        {
            return sizes.Contains(0) ? [] : throw CliException.Usage($"{algorithm} needs --iv of {sizes} bytes; none was given.");
        }

        byte[] iv = ByteSource.Read("--iv", text, stop);
        return sizes.Contains(iv.Length)
            ? iv
            : throw CliException.Usage(
                sizes.Maximum == 0
                    ? $"{algorithm} takes no IV; --iv was given."
                    : $"{algorithm} takes an IV of {sizes} bytes; {iv.Length} were given."
            );
    }

    private static CryptoKey? ReadKey(EncArguments arguments, CryptoAlgorithm algorithm, int implied, CancellationToken stop)
    {
        if (arguments.Key is null)
        {
            return algorithm.KeySizes.Contains(0)
                ? null
                : throw CliException.Usage(
                    $"{algorithm} needs --key of {(implied != 0 ? $"{implied}" : algorithm.KeySizes)} bytes; none was given."
                );
        }

        if (algorithm.KeySizes.Maximum == 0)
        {
            throw CliException.Usage($"{algorithm} takes no key; --key was given.");
        }

        byte[] bytes = ByteSource.Read("--key", arguments.Key, stop);
        try
        {
            CommonOptions.CheckImpliedKeyLength(arguments.AlgorithmName, implied, bytes.Length);
            return SecretKey.Of(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
