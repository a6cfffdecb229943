using System.Runtime.CompilerServices;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Software;

/// <summary>Ciphers that keep no state between messages except the IV. There is one EVP context per direction, keyed once.</summary>
internal sealed class CipherSession(CryptoTransform transform, DriverKind kind) : SoftwareSession<CipherContext>(transform, kind)
{
    public override int Process(in CryptOp op)
    {
        using Rental<CipherContext> rental = new(Contexts);
        if (Run(rental.Context, in op) is { } refused)
        {
            throw Refused(Algorithm, refused);
        }

        int length = op.Source.Length;
        rental.Finish(length);
        return length;
    }

    public override CipherState BeginCipher(CryptoAlgorithm algorithm, CryptDirection direction, ReadOnlySpan<byte> iv) =>
        new EvpCipherState(Transform, direction, iv);

    private protected override CipherContext CreateContext() => new(Transform);

    /// <summary>Null, or the step that libcrypto refused.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string? Run(CipherContext context, in CryptOp op)
    {
        if (context.For(op.Direction) is not { } cipher)
        {
            return "key";
        }

        bool done =
            op.Source.Length is > 0 and <= EvpCipherContextHandle.ShortMessage && !op.Iv.IsEmpty
                ? cipher.RunShort(op.Iv, op.Source, op.Destination)
                : (op.Iv.IsEmpty || cipher.Start(op.Iv)) && (op.Source.IsEmpty || cipher.Update(op.Source, op.Destination));
        return done ? null
            : op.Direction == CryptDirection.Encrypt ? "encrypt"
            : "decrypt";
    }
}

/// <summary>The EVP contexts for both directions, each created when first needed.</summary>
internal sealed class CipherContext(CryptoTransform transform) : RentedContext
{
    private EvpCipherContextHandle? _encrypt;
    private EvpCipherContextHandle? _decrypt;

    /// <summary>The keyed context for a direction; null when libcrypto refuses the key.</summary>
    public EvpCipherContextHandle? For(CryptDirection direction) =>
        direction == CryptDirection.Encrypt ? _encrypt ??= Create(transform, true) : _decrypt ??= Create(transform, false);

    public override void Dispose()
    {
        _encrypt?.Dispose();
        _decrypt?.Dispose();
    }

    /// <summary>A keyed context; null when libcrypto refuses the key.</summary>
    public static EvpCipherContextHandle? Create(CryptoTransform transform, bool encrypt)
    {
        using KeyLease key = new(transform);
        CryptoAlgorithm algorithm = transform.Algorithm;
        bool authenticates = algorithm.DigestSize != 0;
        EvpCipherContextHandle context = new();
        nint cipher = LibCryptoContext.Instance.Cipher(algorithm.Libcrypto.NameFor(key.Bytes.Length));
        if (
            context.SetKey(
                cipher,
                key.Bytes,
                encrypt,
                authenticates ? transform.EffectiveIvLength : 0,
                algorithm.Libcrypto.LengthFirst ? transform.EffectiveTagLength : 0
            )
        )
        {
            return context;
        }

        context.Dispose();
        return null;
    }
}

/// <summary>A message in pieces on its own libcrypto context.</summary>
internal sealed class EvpCipherState : CipherState
{
    private readonly CryptoAlgorithm _algorithm;
    private readonly EvpCipherContextHandle _cipher;

    public EvpCipherState(CryptoTransform transform, CryptDirection direction, ReadOnlySpan<byte> iv)
    {
        _algorithm = transform.Algorithm;
        _cipher =
            CipherContext.Create(transform, direction == CryptDirection.Encrypt)
            ?? throw SoftwareSession<CipherContext>.Refused(_algorithm, "key");
        if (!iv.IsEmpty && !_cipher.Start(iv))
        {
            _cipher.Dispose();
            throw SoftwareSession<CipherContext>.Refused(_algorithm, "start");
        }
    }

    public override void Update(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (!source.IsEmpty && !_cipher.Update(source, destination))
        {
            throw SoftwareSession<CipherContext>.Refused(_algorithm, "update");
        }
    }

    public override void Dispose() => _cipher.Dispose();
}
