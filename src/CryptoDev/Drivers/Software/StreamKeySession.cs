using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Software;

/// <summary>ARC4: the key schedule is the state, so every message keys the context anew and starts a fresh key stream.</summary>
internal sealed class StreamKeySession(CryptoTransform transform, DriverKind kind)
    : SoftwareSession<StreamKeyContext>(transform, kind, static () => new StreamKeyContext())
{
    public override int Process(in CryptOp op)
    {
        StreamKeyContext context = Contexts.Rent();
        using (KeyLease key = new(Transform))
        {
            nint cipher = LibCryptoContext.Instance.Cipher(Transform.Algorithm.Libcrypto.NameFor(key.Bytes.Length));
            if (
                !context.Cipher.SetKey(cipher, key.Bytes, encrypt: true)
                || (!op.Source.IsEmpty && !context.Cipher.Update(op.Source, op.Destination))
            )
            {
                throw Failed(context, "process");
            }
        }

        int length = op.Source.Length;
        Finished(context, length);
        return length;
    }

    public override CipherState BeginCipher(CryptoAlgorithm algorithm, CryptDirection direction, ReadOnlySpan<byte> iv) =>
        new EvpCipherState(Transform, direction, iv);
}

/// <summary>One EVP context that is keyed for every message.</summary>
internal sealed class StreamKeyContext : RentedContext
{
    public EvpCipherContextHandle Cipher { get; } = new();

    public override void Dispose() => Cipher.Dispose();
}
