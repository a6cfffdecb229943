using CryptoDev.Cli.Output;

namespace CryptoDev.Cli.Commands;

/// <summary>Shows progress for a file that takes long.</summary>
internal static class LongWork
{
    private const long Long = 256L << 20;

    /// <summary>Runs <paramref name="work"/>, which reports the number of bytes done.</summary>
    public static void Run(CliConsole console, string name, long length, Action<Action<long>> work)
    {
        if (length < Long)
        {
            work(static _ => { });
        }
        else
        {
            ProgressMeter.Run(console, name, share => work(done => share((double)done / length)));
        }
    }
}
