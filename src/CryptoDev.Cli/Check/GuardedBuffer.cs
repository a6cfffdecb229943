using System.Runtime.InteropServices;

namespace CryptoDev.Cli.Check;

/// <summary>
/// Memory for a message at any offset from a 64-byte line. A pattern on both sides must be unchanged after the operation.
/// </summary>
internal sealed class GuardedBuffer
{
    private const int Line = 64;
    private const int Guard = 64;

    private readonly byte[] _bytes;
    private readonly int _base;
    private int _start;
    private int _length;

    public GuardedBuffer(int longest)
    {
        // Pinned, so that the driver gets exactly the chosen offset.
        _bytes = GC.AllocateUninitializedArray<byte>(longest + (4 * Line) + (2 * Guard), pinned: true);
        int misalignment = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0) % Line);
        _base = ((Line - misalignment) % Line) + Guard;
    }

    /// <summary>Returns <paramref name="length"/> bytes at <paramref name="offset"/> (0 to 63) from a line.</summary>
    public Span<byte> Place(int offset, int length)
    {
        _start = _base + offset;
        _length = length;
        for (int i = 0; i < Guard; i++)
        {
            _bytes[_start - Guard + i] = Pattern(i);
            _bytes[_start + length + i] = Pattern(Guard + i);
        }

        return _bytes.AsSpan(_start, length);
    }

    /// <summary>Throws when a byte outside the last placement changed.</summary>
    public void CheckGuards()
    {
        for (int i = 0; i < Guard; i++)
        {
            if (_bytes[_start - Guard + i] != Pattern(i))
            {
                throw new DisagreementException($"it wrote {Guard - i} bytes before the buffer");
            }

            if (_bytes[_start + _length + i] != Pattern(Guard + i))
            {
                throw new DisagreementException($"it wrote {i + 1} bytes behind the buffer");
            }
        }
    }

    private static byte Pattern(int position) => (byte)(0xa5 ^ (position * 7));
}
