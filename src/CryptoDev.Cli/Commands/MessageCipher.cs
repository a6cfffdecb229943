using System.Security.Cryptography;
using CryptoDev.Cli.Input;

namespace CryptoDev.Cli.Commands;

/// <summary>The result of one message, in its own memory or in the message's buffer. Cleared when disposed.</summary>
internal sealed class MessageResult(byte[] buffer, int length) : IDisposable
{
    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(0, length);

    public void Dispose() => CryptographicOperations.ZeroMemory(buffer);
}

/// <summary>Runs the algorithms that need the whole message: AEAD, XTS, compression.</summary>
internal static class MessageCipher
{
    public static MessageResult Run(EncJob job, Session session, Stream source, string name, Action<long> progress, CancellationToken stop)
    {
        int tag = session.TagLength;
        bool encrypt = job.Direction == CryptDirection.Encrypt;
        // The limit is for the plaintext. A ciphertext to decrypt is longer by its tag.
        long limit = Math.Min(session.MaxMessageLength, WholeMessage.Limit - tag) + (encrypt ? 0 : tag);
        WholeMessage message = WholeMessage.Read(source, name, limit, encrypt ? tag : 0, job.Algorithm.Name, progress, stop);
        try
        {
            return job.Algorithm.Kind == AlgorithmKind.Compression ? Compress(job, session, message) : Cipher(job, session, message, tag);
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    private static MessageResult Cipher(EncJob job, Session session, WholeMessage message, int tag)
    {
        bool encrypt = job.Direction == CryptDirection.Encrypt;
        if (!encrypt && message.Length < tag)
        {
            throw CliException.Usage(
                $"{job.Algorithm} with a tag of {tag} bytes decrypts at least {tag} bytes; {message.Length} were given."
            );
        }

        int length = encrypt ? message.Length + tag : message.Length - tag;
        int written = session.Process(
            new CryptOp
            {
                Direction = job.Direction,
                Source = message.Bytes,
                Destination = message.Buffer.AsSpan(0, length),
                Iv = job.Iv,
                AssociatedData = job.AssociatedData,
            }
        );
        return new MessageResult(message.Buffer, written);
    }

    private static MessageResult Compress(EncJob job, Session session, WholeMessage message)
    {
        // When compressing, deflate adds at most five bytes per stored block. When expanding, the final length is not known beforehand.
        long room =
            job.Direction == CryptDirection.Encrypt ? message.Length + (message.Length >> 10) + 1024 : Math.Max(65536, 4L * message.Length);
        while (true)
        {
            byte[] buffer = new byte[Math.Min(room, WholeMessage.Limit)];
            try
            {
                int written = session.Process(
                    new CryptOp
                    {
                        Direction = job.Direction,
                        Source = message.Bytes,
                        Destination = buffer,
                    }
                );
                message.Dispose();
                return new MessageResult(buffer, written);
            }
            catch (ArgumentException error) when (error.ParamName == "destination" && job.Direction == CryptDirection.Decrypt)
            {
                CryptographicOperations.ZeroMemory(buffer);
                if (buffer.Length >= WholeMessage.Limit)
                {
                    throw CliException.Usage(
                        $"the expanded message is over {WholeMessage.Limit} bytes, the most this command holds in memory."
                    );
                }

                room *= 4;
            }
        }
    }
}
