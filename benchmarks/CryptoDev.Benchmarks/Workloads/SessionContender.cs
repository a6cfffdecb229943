namespace CryptoDev.Benchmarks.Workloads;

/// <summary>Our side: one session, and one <see cref="CryptOp"/> per message, built as a caller would build it.</summary>
internal sealed class SessionContender : Contender
{
    private readonly Session _session;
    private readonly AlgorithmKind _kind;
    private readonly CryptDirection _direction;

    public SessionContender(CryptoDevice device, Operation operation, byte[] key, DriverPolicy policy)
    {
        using CryptoKey bytes = key.Length == 0 ? CryptoKey.Empty : new CryptoKey(key);
        _session = device.CreateSession(operation.Parameters(bytes), policy);
        _kind = operation.Algorithm.Kind;
        _direction = operation.Direction;
    }

    public override string Description => $"CryptoDev on {_session.Driver.Name}";

    public override void Run(Message message, long count)
    {
        switch (_kind)
        {
            case AlgorithmKind.Cipher:
                RunCipher(message, count);
                break;
            case AlgorithmKind.Aead:
                RunAead(message, count);
                break;
            default:
                RunDigest(message, count);
                break;
        }
    }

    public override void Dispose() => _session.Dispose();

    private void RunCipher(Message message, long count)
    {
        ReadOnlySpan<byte> source = message.Source,
            iv = message.Iv;
        Span<byte> text = message.Text;
        if (_direction == CryptDirection.Encrypt)
        {
            for (; count > 0; count--)
            {
                _session.Process(CryptOp.Encrypt(source, text, iv));
            }
        }
        else
        {
            for (; count > 0; count--)
            {
                _session.Process(CryptOp.Decrypt(source, text, iv));
            }
        }
    }

    private void RunAead(Message message, long count)
    {
        ReadOnlySpan<byte> source = message.Source,
            iv = message.Iv;
        Span<byte> text = message.Text,
            tag = message.Tag;
        for (; count > 0; count--)
        {
            _session.Process(CryptOp.Seal(iv, source, text, tag));
        }
    }

    private void RunDigest(Message message, long count)
    {
        ReadOnlySpan<byte> source = message.Source;
        Span<byte> digest = message.Output;
        for (; count > 0; count--)
        {
            _session.Process(CryptOp.Digest(source, digest));
        }
    }
}
