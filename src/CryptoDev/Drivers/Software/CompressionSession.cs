using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.Software;

/// <summary>
/// DEFLATE and gzip by System.IO.Compression, which works on streams. This is the only session that allocates per message.
/// </summary>
internal sealed class CompressionSession(CryptoTransform transform, DriverKind kind) : SoftwareSession<CountingContext>(transform, kind)
{
    /// <summary>An empty DEFLATE message: one last block with fixed codes and no data (RFC 1951 3.2.6).</summary>
    private static ReadOnlySpan<byte> EmptyDeflate => [0x03, 0x00];

    /// <summary>
    /// The same as gzip, with header, checksum and length (RFC 1952 2.3). The header has no time, and its system is "unknown".
    /// </summary>
    private static ReadOnlySpan<byte> EmptyGzip => [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0xFF, 0x03, 0x00, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly bool _gzip = transform.Algorithm.Libcrypto.Gzip;
    private readonly bool _mustShrink = transform.Algorithm.Libcrypto.MustShrink;
    private readonly bool _needsNoEnd = transform.Algorithm.Libcrypto.NeedsNoEnd;
    private readonly bool _endsItsSource = transform.Algorithm.Libcrypto.EndsItsSource;

    public override int Process(in CryptOp op)
    {
        using Rental<CountingContext> rental = new(Contexts);
        byte[] source = ArrayPool<byte>.Shared.Rent(Math.Max(op.Source.Length, 1));
        try
        {
            op.Source.CopyTo(source);
            int written =
                op.Direction == CryptDirection.Encrypt
                    ? Compress(source, op.Source.Length, op.Destination)
                    : Expand(source, op.Source.Length, op.Destination);
            rental.Finish(op.Source.Length);
            return written;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(source);
            ArrayPool<byte>.Shared.Return(source);
        }
    }

    private protected override CountingContext CreateContext() => new();

    private int Compress(byte[] source, int length, Span<byte> destination)
    {
        using MemoryStream output = new();
        using (
            Stream packer = _gzip
                ? new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true)
                : new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true)
        )
        {
            packer.Write(source, 0, length);
        }

        if (length == 0)
        {
            // System.IO.Compression writes nothing at all for an empty message, and no output cannot be expanded.
            output.Write(_gzip ? EmptyGzip : EmptyDeflate);
        }

        if (_mustShrink && output.Length >= length)
        {
            throw new CryptoDevException(
                LibC.ENOSPC,
                SoftwareDriver.Name,
                $"compress {Transform.Algorithm}",
                $"the message of {length} bytes does not shrink ({output.Length}); send it as it is."
            );
        }

        if (output.Length > destination.Length)
        {
            CryptOpValidator.ThrowDestination(destination.Length, output.Length);
        }

        output.GetBuffer().AsSpan(0, (int)output.Length).CopyTo(destination);
        return (int)output.Length;
    }

    private int Expand(byte[] source, int length, Span<byte> destination)
    {
        CompressedInput input = new(source, length, _gzip);
        using Stream unpacker = _gzip
            ? new GZipStream(input, CompressionMode.Decompress)
            : new DeflateStream(input, CompressionMode.Decompress);
        int written = 0;
        try
        {
            // System.IO.Compression calls anything else, an empty file too, an unsupported method of an archive.
            if (_gzip && !source.AsSpan(0, length).StartsWith(EmptyGzip[..2]))
            {
                throw new InvalidDataException(length == 0 ? "it is empty" : "it does not begin with the bytes 1f 8b");
            }

            int count;
            while ((count = unpacker.Read(destination[written..])) != 0)
            {
                written += count;
            }

            // A read into an empty buffer returns 0, as at the end of the stream. Reading one more byte tells the two apart.
            if (written == destination.Length && unpacker.ReadByte() >= 0)
            {
                throw new ArgumentException(
                    $"The destination has {destination.Length} bytes; the expanded message is longer.",
                    nameof(destination)
                );
            }

            return input.RanDry && !_needsNoEnd ? throw new InvalidDataException("it ends too early")
                : input.HasUnread && _endsItsSource ? throw new InvalidDataException("bytes follow its end")
                : written;
        }
        catch (InvalidDataException error)
        {
            // The whole buffer is cleared: a read that threw may have written bytes before.
            destination.Clear();
            throw new CryptoDevException(
                LibC.EBADMSG,
                SoftwareDriver.Name,
                $"expand {Transform.Algorithm}",
                $"the source is not whole {Transform.Algorithm} data: {error.Message}",
                error
            );
        }
        catch
        {
            destination.Clear();
            throw;
        }
    }
}
