using System.Runtime.CompilerServices;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Software;

/// <summary>ARC4. The key schedule is the state, so every message keys the context again and starts a new key stream.</summary>
internal sealed class StreamKeySession(CryptoTransform transform, DriverKind kind) : SoftwareSession<StreamKeyContext>(transform, kind)
{
    public override int Process(in CryptOp op)
    {
        using Rental<StreamKeyContext> rental = new(Contexts);
        if (!Run(rental.Context, in op))
        {
            throw Refused(Algorithm, "process");
        }

        int length = op.Source.Length;
        rental.Finish(length);
        return length;
    }

    public override CipherState BeginCipher(CryptoAlgorithm algorithm, CryptDirection direction, ReadOnlySpan<byte> iv) =>
        new EvpCipherState(Transform, direction, iv);

    private protected override StreamKeyContext CreateContext() => new(Transform);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Run(StreamKeyContext context, in CryptOp op)
    {
        nint cipher = LibCryptoContext.Instance.Cipher(Algorithm.Libcrypto.NameFor(context.Key.Length));
        return context.Cipher.SetKey(cipher, context.Key, encrypt: true)
            && (op.Source.IsEmpty || context.Cipher.Update(op.Source, op.Destination));
    }
}

/// <summary>One EVP context that is keyed for every message.</summary>
internal sealed class StreamKeyContext(CryptoTransform transform) : KeyedContext(transform)
{
    public EvpCipherContextHandle Cipher { get; } = new();

    public override void Dispose()
    {
        Cipher.Dispose();
        base.Dispose();
    }
}
