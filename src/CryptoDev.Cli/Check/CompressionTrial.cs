using System.IO.Compression;

namespace CryptoDev.Cli.Check;

/// <summary>Trials of compression: .NET must expand what the driver compresses, and the other way round.</summary>
internal sealed class CompressionTrial(CheckSubject subject, Session session, MessageTrial trial, Random random)
    : SubjectTrial(session, null, trial, random)
{
    /// <summary>
    /// From this length on, a text of few different letters always shrinks. DEFLATE-NOGROW requires that the result is shorter.
    /// </summary>
    private const int Shrinkable = 256;

    public override void Run(int length)
    {
        byte[] message = Text(length + Shrinkable);
        byte[] packed = new byte[message.Length + (message.Length >> 10) + 1024];
        Doing = "compressing";
        int written = Session.Process(new CryptOp { Source = message, Destination = packed });
        Compare.Same("the message expanded again", Expand(packed.AsSpan(0, written).ToArray(), message.Length), message);
        Doing = "expanding";
        byte[] output = new byte[message.Length + 1];
        byte[] theirs = Pack(message);
        written = Session.Process(
            new CryptOp
            {
                Direction = CryptDirection.Decrypt,
                Source = theirs,
                Destination = output,
            }
        );
        Compare.Same("the expanded message", output.AsSpan(0, written), message);
    }

    private byte[] Text(int length)
    {
        byte[] text = new byte[length];
        int letters = Random.Next(2, 16);
        for (int i = 0; i < length; i++)
        {
            text[i] = (byte)('a' + Random.Next(letters));
        }

        return text;
    }

    private byte[] Pack(byte[] message)
    {
        using MemoryStream packed = new();
        using (
            Stream packer = IsGzip
                ? new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)
                : new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true)
        )
        {
            packer.Write(message);
        }

        return packed.ToArray();
    }

    private byte[] Expand(byte[] packed, int expected)
    {
        using MemoryStream input = new(packed);
        using Stream unpacker = IsGzip
            ? new GZipStream(input, CompressionMode.Decompress)
            : new DeflateStream(input, CompressionMode.Decompress);
        byte[] message = new byte[expected + 1];
        return message.AsSpan(0, unpacker.ReadAtLeast(message, message.Length, throwOnEndOfStream: false)).ToArray();
    }

    /// <summary>Gzip is deflate with a header and a trailer. The compressed data is the same.</summary>
    private bool IsGzip => subject.Algorithm == CryptoAlgorithm.Gzip;
}
