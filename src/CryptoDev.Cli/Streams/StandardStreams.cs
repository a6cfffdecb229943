using CryptoDev.Native;

namespace CryptoDev.Cli.Streams;

/// <summary>The three standard streams of the process.</summary>
internal static class StandardStreams
{
    /// <summary>How long the last messages may wait for their reader after a signal.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    private static readonly string[] s_names = ["standard input", "standard output", "standard error"];

    private static readonly Dictionary<string, int> s_paths = new()
    {
        ["/dev/stdin"] = 0,
        ["/dev/stdout"] = 1,
        ["/dev/stderr"] = 2,
        ["/dev/fd/0"] = 0,
        ["/dev/fd/1"] = 1,
        ["/dev/fd/2"] = 2,
        ["/proc/self/fd/0"] = 0,
        ["/proc/self/fd/1"] = 1,
        ["/proc/self/fd/2"] = 2,
    };

    /// <summary>
    /// Fills the standard numbers that were closed at the start, so that no file gets one of them and then the output or the messages of
    /// somebody who means the standard stream. What fills them can be neither read nor written, nor opened again as /dev/stdin.
    /// </summary>
    /// <returns>For each of the three whether it was closed.</returns>
    public static bool[] FillClosed()
    {
        bool[] closed = new bool[3];
        for (int number = 0; number < closed.Length; number++)
        {
            closed[number] = ByteFile.IsClosedAtStart(number);
        }

        for (int number = 0; number < closed.Length; number++)
        {
            // The lowest free number comes first; a number that the runtime took itself stays the runtime's.
            if (closed[number] && ByteFile.IsFree(number))
            {
                ByteFile.Fill("/\0"u8);
            }
        }

        return closed;
    }

    /// <summary>
    /// The standard descriptor that a path means, if that was closed at the start. The runtime may have taken its number, so opening the
    /// path could open something of the runtime's.
    /// </summary>
    public static string? ClosedBehind(string path) =>
        s_paths.TryGetValue(path, out int number) && ByteFile.IsClosedAtStart(number) ? s_names[number] : null;

    public static Stream Input(bool isClosed, CancellationToken stop) =>
        Open(0, isClosed, "give it a file, or /dev/null for no input (</dev/null)", stop, isInput: true);

    public static Stream Output(bool isClosed, CancellationToken stop) =>
        Open(1, isClosed, "give it a file, or /dev/null to drop the output (>/dev/null)", stop, isInput: false);

    public static Stream Error(bool isClosed, CancellationToken stop) =>
        !isClosed && ByteFile.Duplicate(2, out _) is { } file
            ? new MessageStream(new DescriptorStream(file, stop, s_grace))
            : new MessageStream(Stream.Null);

    private static Stream Open(int number, bool isClosed, string cure, CancellationToken stop, bool isInput)
    {
        string name = s_names[number];
        if (isClosed)
        {
            return new ClosedStream(name, cure);
        }

        SafeFileDescriptorHandle file =
            ByteFile.Duplicate(number, out Errno error) ?? throw new CliException(ExitCode.InputOutput, $"{name}: {error.Text}");
        return new DescriptorStream(file, stop) { IsWhole = !isInput };
    }
}
