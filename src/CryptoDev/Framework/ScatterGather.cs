using System.Buffers;
using System.Security.Cryptography;

namespace CryptoDev.Framework;

/// <summary>
/// Runs one message over many buffers. The message is gathered into one buffer, processed in place and scattered. The rented buffer is
/// cleared before it is returned.
/// </summary>
internal static class ScatterGather
{
    /// <summary>Space for an IV before the message and a tag after it.</summary>
    private const int Margin = AlgorithmLimits.LongestIv + AlgorithmLimits.LongestDigest;

    public static int Process(Session session, in ReadOnlySequence<byte> source, IReadOnlyList<Memory<byte>> destination, in CryptOp op)
    {
        if (!op.Source.IsEmpty || !op.Destination.IsEmpty || !op.Descriptors.IsEmpty)
        {
            throw new ArgumentException(
                "The message is given by the sequence and the list; Source, Destination and Descriptors stay empty.",
                nameof(op)
            );
        }

        if (source.Length > Array.MaxLength - Margin)
        {
            throw new ArgumentException($"A message of {source.Length} bytes is too long to gather.", nameof(source));
        }

        long room = 0;
        for (int i = 0; i < destination.Count; i++)
        {
            room += destination[i].Length;
        }

        bool expands = session.Parameters.Mode == SessionMode.Compression;
        int length = (int)source.Length;
        int outputRoom = expands ? (int)Math.Min(room, Array.MaxLength - Margin) : length + Margin;
        byte[] input = ArrayPool<byte>.Shared.Rent(expands ? length : outputRoom);
        byte[]? output = expands ? ArrayPool<byte>.Shared.Rent(Math.Max(outputRoom, 1)) : null;
        try
        {
            return Run(
                session,
                in source,
                destination,
                in op,
                room,
                input.AsSpan(0, expands ? length : outputRoom),
                output is null ? default : output.AsSpan(0, outputRoom)
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
            ArrayPool<byte>.Shared.Return(input);
            if (output is not null)
            {
                CryptographicOperations.ZeroMemory(output);
                ArrayPool<byte>.Shared.Return(output);
            }
        }
    }

    private static int Run(
        Session session,
        in ReadOnlySequence<byte> source,
        IReadOnlyList<Memory<byte>> destination,
        in CryptOp op,
        long room,
        Span<byte> work,
        Span<byte> separate
    )
    {
        // An IV in front of the ciphertext shifts the message inside the work buffer, so that it is still processed in place.
        bool ivInDestination = op.IvSource != IvSource.Explicit && op.Direction == CryptDirection.Encrypt;
        bool ivInSource = op.IvSource != IvSource.Explicit && op.Direction == CryptDirection.Decrypt;
        int iv = session.IvLength;
        int start = ivInDestination ? iv : 0;
        int length = (int)source.Length;
        source.CopyTo(work[start..]);
        if (ivInDestination && op.IvSource == IvSource.Buffer)
        {
            CopyFront(destination, work[..iv]);
        }

        Span<byte> target =
            !separate.IsEmpty ? separate
            : ivInDestination ? work
            : ivInSource && length >= iv ? work[iv..]
            : work;
        bool detached = !op.Tag.IsEmpty || !op.ExpectedTag.IsEmpty;
        if (session.Parameters.Mode == SessionMode.Digest && detached)
        {
            target = default;
        }
        else if (session.Parameters.Mode is SessionMode.Aead or SessionMode.CipherAndMac && !detached)
        {
            // The session demands an exact destination for an attached tag, so the buffers of the caller must be as long together.
            bool encrypt = op.Direction == CryptDirection.Encrypt;
            int needed = Math.Max(start + length + (encrypt ? session.TagLength : -session.TagLength - (ivInSource ? iv : 0)), 0);
            if (room != needed)
            {
                CryptOpValidator.ThrowAttachedDestination((int)Math.Min(room, int.MaxValue), needed, encrypt);
            }

            target = target[..needed];
        }

        int written = session.Process(
            new CryptOp
            {
                Direction = op.Direction,
                IvSource = op.IvSource,
                TagAction = op.TagAction,
                Source = work.Slice(start, length),
                Destination = target,
                Iv = op.Iv,
                AssociatedData = op.AssociatedData,
                Tag = op.Tag,
                ExpectedTag = op.ExpectedTag,
            }
        );
        if (!detached || session.Parameters.Mode != SessionMode.Digest)
        {
            if (room < written)
            {
                CryptOpValidator.ThrowDestination((int)Math.Min(room, int.MaxValue), written);
            }

            Scatter(target[..written], destination);
        }

        return written;
    }

    private static void CopyFront(IReadOnlyList<Memory<byte>> buffers, Span<byte> front)
    {
        for (int i = 0; i < buffers.Count && !front.IsEmpty; i++)
        {
            int piece = Math.Min(front.Length, buffers[i].Length);
            buffers[i].Span[..piece].CopyTo(front);
            front = front[piece..];
        }

        if (!front.IsEmpty)
        {
            throw new ArgumentException("The destination is shorter than the IV that should stand in it.", nameof(buffers));
        }
    }

    private static void Scatter(ReadOnlySpan<byte> bytes, IReadOnlyList<Memory<byte>> buffers)
    {
        for (int i = 0; i < buffers.Count && !bytes.IsEmpty; i++)
        {
            int piece = Math.Min(bytes.Length, buffers[i].Length);
            bytes[..piece].CopyTo(buffers[i].Span);
            bytes = bytes[piece..];
        }
    }
}
