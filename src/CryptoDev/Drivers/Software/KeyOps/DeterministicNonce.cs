using System.Security.Cryptography;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Software.KeyOps;

/// <summary>
/// RFC 6979, section 3.2: the numbers k for one key and one digest, in order. The hash is the shortest of the SHA family that is at least
/// as long as the digest, and SHA-512 for longer digests. For a SHA-1 or SHA-2 digest this is the hash that made it.
/// </summary>
internal sealed class DeterministicNonce : IDisposable
{
    private static readonly (int Length, string Name)[] s_hashes =
    [
        (20, "SHA1"),
        (28, "SHA2-224"),
        (32, "SHA2-256"),
        (48, "SHA2-384"),
        (64, "SHA2-512"),
    ];

    private readonly BigNumHandle _q;
    private readonly int _bytes;
    private readonly string _hash;
    private readonly SecureMemoryHandle _state;
    private readonly int _length;
    private bool _started;

    public DeterministicNonce(ReadOnlySpan<byte> digest, BigNumHandle x, BigNumHandle reducedDigest, BigNumHandle q)
    {
        int digestLength = digest.Length;
        (_length, _hash) = s_hashes.FirstOrDefault(hash => hash.Length >= digestLength, s_hashes[^1]);
        _q = q;
        _bytes = (q.Bits + 7) / 8;
        _state = SecureMemoryHandle.Allocate(_length * 2);
        Value.Fill(1);
        using SecureMemoryHandle seed = SecureMemoryHandle.Allocate(_bytes * 2);
        WriteBigEndian(x, seed.Bytes[.._bytes]);
        WriteBigEndian(reducedDigest, seed.Bytes[_bytes..]);
        Update(0, seed.Bytes);
        Update(1, seed.Bytes);
    }

    private Span<byte> Key => _state.Bytes[.._length];

    private Span<byte> Value => _state.Bytes[_length..];

    /// <summary>The next k, between 1 and q - 1.</summary>
    public BigNumHandle Next(BigNumWorkspace work)
    {
        using SecureMemoryHandle candidate = SecureMemoryHandle.Allocate(_bytes);
        while (true)
        {
            if (_started)
            {
                Update(0, []);
            }

            _started = true;
            Generate(candidate.Bytes);
            candidate.Bytes.Reverse();
            BigNumHandle k = work.ShiftRight(work.Load(candidate.Bytes), (_bytes * 8) - _q.Bits);
            if (!k.IsZero && k.IsBelow(_q))
            {
                return k;
            }
        }
    }

    public void Dispose() => _state.Dispose();

    private static void WriteBigEndian(BigNumHandle number, Span<byte> bytes)
    {
        number.TryWrite(bytes);
        bytes.Reverse();
    }

    /// <summary>Steps d to g and h.3: K = HMAC(K, V, tag, seed), V = HMAC(K, V).</summary>
    private void Update(byte tag, ReadOnlySpan<byte> seed)
    {
        Authenticate(Key, Value, [tag], seed);
        Authenticate(Value, Value, [], []);
    }

    private void Generate(Span<byte> output)
    {
        while (!output.IsEmpty)
        {
            Authenticate(Value, Value, [], []);
            int taken = Math.Min(output.Length, _length);
            Value[..taken].CopyTo(output);
            output = output[taken..];
        }
    }

    private void Authenticate(Span<byte> result, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        Span<byte> mac = stackalloc byte[LibCrypto.EVP_MAX_MD_SIZE];
        using EvpMacContextHandle hmac = new(LibCryptoContext.Instance.Mac("HMAC"));
        if (!hmac.SetKey(Key, "digest", _hash) || !hmac.Update(first) || !hmac.Update(second) || !hmac.Update(third) || !hmac.Finish(mac))
        {
            throw new LibCryptoException(LibCrypto.TakeError());
        }

        mac[.._length].CopyTo(result);
        CryptographicOperations.ZeroMemory(mac);
    }
}
