using System.Globalization;
using System.Security.Cryptography;

namespace CryptoDev.Conformance.Support;

/// <summary>
/// A random secret that this process holds only as two halves to be combined, and a search of all writable memory for it.
/// </summary>
internal sealed class SecretSearch
{
    public const int Length = 32;

    private readonly byte[] _mask = RandomNumberGenerator.GetBytes(Length);
    private readonly byte[] _masked = RandomNumberGenerator.GetBytes(Length);

    public SecretSearch()
    {
        // Full length and odd, so that it does for any number.
        _masked[0] = (byte)(_mask[0] ^ 0xC1);
        _masked[^1] = (byte)(_mask[^1] ^ 0xA7);
    }

    public static bool IsPossible => File.Exists("/proc/self/mem");

    /// <summary>Writes the secret; the caller clears what it wrote to.</summary>
    public void Reveal(Span<byte> destination)
    {
        for (int i = 0; i < Length; i++)
        {
            destination[i] = At(i);
        }
    }

    /// <summary>How often the secret stands in this process's memory, either way round.</summary>
    public int Count()
    {
        int found = 0;
        using FileStream memory = new("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        byte[] buffer = GC.AllocateUninitializedArray<byte>(1 << 20, pinned: true);
        foreach (string line in File.ReadAllLines("/proc/self/maps").Where(line => line.Contains(" rw", StringComparison.Ordinal)))
        {
            string[] range = line.Split(' ')[0].Split('-');
            long end = long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            for (
                long at = long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                at < end;
                at += buffer.Length - Length
            )
            {
                int read;
                try
                {
                    memory.Position = at;
                    read = memory.Read(buffer, 0, (int)Math.Min(buffer.Length, end - at));
                }
                catch (IOException)
                {
                    // Reserved, not there: guard pages and the collector's spare address space.
                    break;
                }

                found += CountIn(buffer.AsSpan(0, read), i => i) + CountIn(buffer.AsSpan(0, read), i => Length - 1 - i);
                CryptographicOperations.ZeroMemory(buffer);
            }
        }

        return found;
    }

    private byte At(int index) => (byte)(_mask[index] ^ _masked[index]);

    private int CountIn(ReadOnlySpan<byte> bytes, Func<int, int> place)
    {
        int found = 0;
        ReadOnlySpan<byte> start = [At(place(0)), At(place(1)), At(place(2))];
        for (int at = bytes.IndexOf(start); at >= 0 && at + Length <= bytes.Length; at = bytes.IndexOf(start))
        {
            int same = 0;
            while (same < Length && bytes[at + same] == At(place(same)))
            {
                same++;
            }

            found += same == Length ? 1 : 0;
            bytes = bytes[(at + 1)..];
        }

        return found;
    }
}
