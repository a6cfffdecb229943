using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// A digest in pieces on a kernel that hashes whole messages only. The pieces are kept, up to the longest message of the kernel, and hashed
/// at the end.
/// </summary>
internal sealed class GatheredDigest(DevCryptoDigestSession session, int limit) : DigestState
{
    private const int FirstRoom = 4096;

    private SecureMemoryHandle? _pieces;
    private int _length;
    private SessionStatistics _counted;

    public override void Update(ReadOnlySpan<byte> source)
    {
        if (source.Length > limit - _length)
        {
            throw new CryptoDevException(
                LibC.E2BIG,
                session.Driver.Name,
                "continue a digest",
                $"this device hashes whole messages only, of at most {limit} bytes; use another driver for longer ones."
            );
        }

        EnsureRoom(_length + source.Length);
        source.CopyTo(_pieces!.Bytes[_length..]);
        _length += source.Length;
    }

    public override void Final(Span<byte> destination)
    {
        try
        {
            session.Process(
                new CryptOp
                {
                    Source = Pieces,
                    Tag = destination,
                    TagAction = TagAction.Compute,
                }
            );
            _counted = new SessionStatistics(1, _length, 0);
        }
        catch (CryptoDevException)
        {
            _counted = new SessionStatistics(0, 0, 1);
            throw;
        }
    }

    public override SessionStatistics TakeCounted()
    {
        SessionStatistics counted = _counted;
        _counted = default;
        return counted;
    }

    public override DigestState Clone()
    {
        GatheredDigest copy = new(session, limit);
        copy.Update(Pieces);
        return copy;
    }

    public override void Dispose() => _pieces?.Dispose();

    private ReadOnlySpan<byte> Pieces => _pieces is null ? default : _pieces.Bytes[.._length];

    private void EnsureRoom(int length)
    {
        if (_pieces is { } pieces && pieces.Length >= length)
        {
            return;
        }

        SecureMemoryHandle room = SecureMemoryHandle.Allocate((int)Math.Min(Math.Max(FirstRoom, length * 2L), limit));
        Pieces.CopyTo(room.Bytes);
        _pieces?.Dispose();
        _pieces = room;
    }
}
