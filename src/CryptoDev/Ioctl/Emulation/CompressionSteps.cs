using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// NetBSD's compression, alone or before a hash and a cipher. The hash and the cipher process as many bytes as the input has, and not as
/// many as the compressor made (r1.84). So the result of a compressor with a cipher can hardly be used. This is what the kernel does.
/// </summary>
internal static class CompressionSteps
{
    /// <summary>The most bytes that a compressor adds to its input: headers of stored blocks, and a checksum.</summary>
    private const int Slack = 64;

    /// <summary>The most bytes that deflate can make of one byte.</summary>
    private const int GreatestExpansion = 1032;

    /// <summary>What the framework computes for a compressor. The frame of gzip is this kernel's own.</summary>
    public static CryptoAlgorithm AlgorithmOf(AlgorithmNumber compressor) =>
        compressor.Algorithm!.Libcrypto.Gzip ? AlgorithmTable.DeflateInFrame : AlgorithmTable.DeflateWithoutEnd;

    /// <summary>The most bytes that a compressed message of this length can expand to.</summary>
    public static long LongestExpansion(int length) => ((long)length * GreatestExpansion) + Slack;

    /// <summary>The size of the result's buffer: what the caller gave, but not more than the result can have.</summary>
    public static int Room(in CryptPlan plan) =>
        (int)
            Math.Min(
                plan.DestinationLength,
                plan.Action == CryptAction.Compress
                    ? plan.SourceLength + (plan.SourceLength / 8) + Slack
                    : LongestExpansion(plan.SourceLength)
            );

    public static int Run(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, Quota scratch, out int written)
    {
        int error = Convert(session, plan, buffers, scratch, out written);

        // cryptosoft.c treats an empty result as a failure.
        error = error == 0 && written == 0 ? LibC.EINVAL : error;
        if (error != 0)
        {
            written = 0;
            return error;
        }

        if (session.Mac is null && session.Cipher is null)
        {
            return 0;
        }

        // The next step gets the buffer as in the kernel: the result is written over the start of the input.
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

    private static int Convert(EmulatedSession session, in CryptPlan plan, in CryptBuffers buffers, Quota scratch, out int written)
    {
        Session deflate = session.Compression!;
        bool isGzip = session.Dialect.Compression!.Algorithm!.Libcrypto.Gzip;
        Span<byte> room = buffers.Result[..Room(plan)];
        try
        {
            if (isGzip && plan.Direction == CryptDirection.Decrypt)
            {
                return GzipSteps.Expand(deflate, buffers.Source, room, scratch, out written);
            }

            written = isGzip
                ? GzipSteps.Compress(deflate, buffers.Source, room)
                : deflate.Process(
                    new CryptOp
                    {
                        Direction = plan.Direction,
                        Source = buffers.Source,
                        Destination = room,
                    }
                );
            return 0;
        }
        catch (ArgumentException)
        {
            // The operation is valid except for the size of the destination.
            written = 0;
            return LibC.ENOSPC;
        }
        catch (CryptoDevException error) when (error.Errno == LibC.EBADMSG)
        {
            written = 0;
            return LibC.EINVAL;
        }
    }
}
