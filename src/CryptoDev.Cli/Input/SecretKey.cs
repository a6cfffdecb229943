namespace CryptoDev.Cli.Input;

/// <summary>Keys of bytes that were given as such: on a command line an empty key is written out, so it is no accident.</summary>
internal static class SecretKey
{
    public static CryptoKey Of(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? CryptoKey.Empty : new CryptoKey(bytes);
}
