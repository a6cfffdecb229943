using System.Globalization;

namespace CryptoDev.Server.Cuse;

/// <summary>Whether a caller that is held in its request will ever come out of it.</summary>
internal static class CallerLife
{
    private const string Pending = "SigPnd:";
    private const ulong Kill = 1UL << (9 - 1);

    /// <summary>
    /// Whether the thread is to be killed or is gone. A deadly signal of any number is a pending SIGKILL of each thread; other signals wait
    /// until the request is answered.
    /// </summary>
    public static bool IsKilled(uint thread)
    {
        try
        {
            foreach (string line in File.ReadLines($"/proc/{thread}/status"))
            {
                if (line.StartsWith(Pending, StringComparison.Ordinal))
                {
                    return IsKill(line);
                }
            }

            return false;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Not ours to see: it is taken to live.
            return false;
        }
    }

    /// <summary>Whether a line of /proc/PID/status tells of a pending SIGKILL.</summary>
    public static bool IsKill(string line) =>
        ulong.TryParse(line.AsSpan(Pending.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong signals)
        && (signals & Kill) != 0;
}
