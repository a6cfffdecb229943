using System.Security.Cryptography;

namespace CryptoDev.Benchmarks.Workloads;

/// <summary>
/// System.Security.Cryptography's one-shot methods. The object is reused if the class is designed for that (Aes, AesGcm).
/// </summary>
internal sealed class FrameworkContender : Contender
{
    private readonly Operation _operation;
    private readonly byte[] _key;
    private readonly Aes? _aes;
    private readonly AesGcm? _gcm;

    public FrameworkContender(Operation operation, byte[] key)
    {
        _operation = operation;
        _key = key;
        if (operation.Algorithm == CryptoAlgorithm.AesCbc)
        {
            _aes = Aes.Create();
            _aes.Key = key;
        }
        else if (operation.Algorithm == CryptoAlgorithm.AesGcm)
        {
            _gcm = new AesGcm(key, operation.TagLength);
        }
    }

    public override string Description => $"System.Security.Cryptography of .NET {Environment.Version}";

    public override void Run(Message message, long count)
    {
        ReadOnlySpan<byte> source = message.Source,
            iv = message.Iv;
        if (_gcm is not null)
        {
            Span<byte> text = message.Text,
                tag = message.Tag;
            for (; count > 0; count--)
            {
                _gcm.Encrypt(iv, source, text, tag);
            }
        }
        else if (_aes is not null)
        {
            RunCbc(_aes, message, count);
        }
        else if (_operation.KeyLength != 0)
        {
            Span<byte> digest = message.Output;
            for (; count > 0; count--)
            {
                HMACSHA256.HashData(_key, source, digest);
            }
        }
        else
        {
            Span<byte> digest = message.Output;
            for (; count > 0; count--)
            {
                SHA256.HashData(source, digest);
            }
        }
    }

    public override void Dispose()
    {
        _aes?.Dispose();
        _gcm?.Dispose();
    }

    private void RunCbc(Aes aes, Message message, long count)
    {
        ReadOnlySpan<byte> source = message.Source,
            iv = message.Iv;
        Span<byte> text = message.Text;
        if (_operation.Direction == CryptDirection.Encrypt)
        {
            for (; count > 0; count--)
            {
                aes.EncryptCbc(source, iv, text, PaddingMode.None);
            }
        }
        else
        {
            for (; count > 0; count--)
            {
                aes.DecryptCbc(source, iv, text, PaddingMode.None);
            }
        }
    }
}
