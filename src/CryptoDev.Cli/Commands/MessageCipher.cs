using CryptoDev.Cli.Input;
using CryptoDev.Native;

namespace CryptoDev.Cli.Commands;

/// <summary>The result of one message, in its own memory or in the message's buffer. Cleared when disposed.</summary>
internal sealed class MessageResult(GrowingMemoryHandle memory, int length) : IDisposable
{
    public ReadOnlySpan<byte> Bytes => memory.Bytes[..length];

    public void Dispose() => memory.Dispose();
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
                Destination = message.Memory.Bytes[..length],
                Iv = job.Iv,
                AssociatedData = job.AssociatedData,
            }
        );
        return new MessageResult(message.Memory, written);
    }

    private static MessageResult Compress(EncJob job, Session session, WholeMessage message)
    {
        // When compressing, deflate adds at most five bytes per stored block. When expanding, the final length is not known beforehand.
        long room =
            job.Direction == CryptDirection.Encrypt ? message.Length + (message.Length >> 10) + 1024 : Math.Max(65536, 4L * message.Length);
        GrowingMemoryHandle memory = GrowingMemoryHandle.Reserve((int)WholeMessage.Limit);
        while (true)
        {
            try
            {
                memory.Grow((int)Math.Min(room, WholeMessage.Limit));
                int written = session.Process(
                    new CryptOp
                    {
                        Direction = job.Direction,
                        Source = message.Bytes,
                        Destination = memory.Bytes,
                    }
                );
                message.Dispose();
                return new MessageResult(memory, written);
            }
            catch (ArgumentException error) when (error.ParamName == "destination" && job.Direction == CryptDirection.Decrypt)
            {
                if (memory.Length >= WholeMessage.Limit)
                {
                    memory.Dispose();
                    throw CliException.Usage(
                        $"the expanded message is over {WholeMessage.Limit} bytes, the most this command holds in memory."
                    );
                }

                room *= 4;
            }
            catch
            {
                memory.Dispose();
                throw;
            }
        }
    }
}
