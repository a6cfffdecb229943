using System.Security.Cryptography;

namespace CryptoDev.Framework;

/// <summary>Creates the IV of an operation that requests a random one.</summary>
internal static class RandomIv
{
    public static void Fill(CryptoAlgorithm algorithm, Span<byte> iv)
    {
        RandomNumberGenerator.Fill(iv);
        if (algorithm.Chaining == IvChaining.Counter32)
        {
            // The first four bytes are a block counter. A random counter could wrap in the middle of the message.
            iv[..sizeof(uint)].Clear();
        }
    }
}
