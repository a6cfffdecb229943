namespace CryptoDev.Framework;

/// <summary>The checksum of gzip (RFC 1952 section 8).</summary>
internal static class Crc32
{
    /// <summary>The polynomial of ISO 3309 with its bits in reverse order.</summary>
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] s_table = [.. Enumerable.Range(0, 256).Select(value => Shift((uint)value))];

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte value in bytes)
        {
            sum = s_table[(byte)(sum ^ value)] ^ (sum >> 8);
        }

        return ~sum;
    }

    private static uint Shift(uint value)
    {
        for (int bit = 0; bit < 8; bit++)
        {
            value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
        }

        return value;
    }
}
