using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// NetBSD's compression, alone or in front of a hash and a cipher. Those work on as many bytes as came in, whatever the compressor made of
/// them (r1.84): with a cipher behind it the result can hardly be used, and that is how it is.
/// </summary>
internal static class CompressionSteps
{
    /// <summary>What a compressor can need beyond its input: headers of stored blocks, checksum.</summary>
    private const int Slack = 64;

    /// <summary>Deflate cannot make more of a byte.</summary>
    private const int GreatestExpansion = 1032;

    /// <summary>Room for the result: what the caller has, but no more than can come.</summary>
    public static int Room(in CryptPlan plan) =>
        (int)
            Math.Min(
                plan.DestinationLength,
                plan.Action == CryptAction.Compress
                    ? plan.SourceLength + (plan.SourceLength / 8) + Slack
                    : ((long)plan.SourceLength * GreatestExpansion) + Slack
            );

    public static int Run(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, out int written)
    {
        try
        {
            written = session.Compression!.Process(
                new CryptOp
                {
                    Direction = plan.Direction,
                    Source = buffers.Source,
                    Destination = buffers.Result[..Room(plan)],
                }
            );
        }
        catch (ArgumentException)
        {
            // It fits everything but the room.
            written = 0;
            return LibC.ENOSPC;
        }
        catch (CryptoDevException error) when (error.Errno == LibC.EBADMSG)
        {
            written = 0;
            return LibC.EINVAL;
        }

        if (written == 0)
        {
            // cryptosoft.c takes a result of nothing for a failure.
            return LibC.EINVAL;
        }

        if (session.Mac is null && session.Cipher is null)
        {
            return 0;
        }

        // The buffer as the next step meets it: the result over the input.
        Span<byte> buffer = buffers.Result[..Math.Max(written, buffers.Source.Length)];
        if (written < buffers.Source.Length)
        {
            buffers.Source[written..].CopyTo(buffer[written..]);
        }

        Span<byte> message = buffer[..buffers.Source.Length];
        if (session.Mac is not null)
        {
            CryptEngine.ComputeMac(session, default, message, default, buffers.Tag);
        }

        return session.Cipher is null ? 0 : CryptEngine.EncipherBehind(session, plan, buffers, message);
    }
}
