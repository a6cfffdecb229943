using System.Globalization;

namespace CryptoDev.Server.Cuse;

/// <summary>Checks whether a caller that is blocked in a request is being killed.</summary>
internal static class CallerLife
{
    private const string Pending = "SigPnd:";
    private const ulong Kill = 1UL << (9 - 1);

    /// <summary>
    /// Whether the thread is gone or will be killed. A fatal signal of any number shows as a pending SIGKILL of each thread. Other signals
    /// stay pending until the request is answered.
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
            // We may not read that process, so we assume that it lives.
            return false;
        }
    }

    /// <summary>Whether a line of /proc/PID/status shows a pending SIGKILL.</summary>
    public static bool IsKill(string line) =>
        ulong.TryParse(line.AsSpan(Pending.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong signals)
        && (signals & Kill) != 0;
}
