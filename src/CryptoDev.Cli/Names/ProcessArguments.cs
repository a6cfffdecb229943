namespace CryptoDev.Cli.Names;

/// <summary>
/// The arguments as the process got them. The runtime gives them as text, in which every byte that is not UTF-8 has become the same
/// character, so two files could have one name.
/// </summary>
internal static class ProcessArguments
{
    private const string CommandLine = "/proc/self/cmdline";
    private const char Replacement = '\ufffd';

    /// <summary>The arguments of this process, as <see cref="ByteText"/>.</summary>
    public static IReadOnlyList<string> OfProcess(string[] arguments) =>
        arguments.Any(HasReplacement) ? Match(arguments, ReadCommandLine()) : arguments;

    /// <summary>
    /// The last words of the command line are the arguments. What stands before them depends on how the program was started: its name, or
    /// <c>dotnet</c>, its options and the name of the assembly.
    /// </summary>
    public static IReadOnlyList<string> Match(string[] arguments, ReadOnlySpan<byte> commandLine)
    {
        List<string> words = [];
        while (!commandLine.IsEmpty)
        {
            int end = commandLine.IndexOf((byte)0);
            end = end < 0 ? commandLine.Length : end;
            words.Add(ByteText.FromBytes(commandLine[..end]));
            commandLine = commandLine[Math.Min(end + 1, commandLine.Length)..];
        }

        List<string> last = words.Count >= arguments.Length ? words[^arguments.Length..] : [];
        for (int i = 0; i < arguments.Length; i++)
        {
            // Where all is UTF-8 both are the same. Otherwise the runtime has put its replacement there.
            if (
                last.Count != arguments.Length
                || !(last[i] == arguments[i] || (ByteText.HasEscapes(last[i]) && HasReplacement(arguments[i])))
            )
            {
                throw Unknown(i);
            }
        }

        return last;
    }

    private static bool HasReplacement(string argument) => argument.Contains(Replacement, StringComparison.Ordinal);

    private static byte[] ReadCommandLine()
    {
        try
        {
            return File.ReadAllBytes(CommandLine);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                ExitCode.Usage,
                $"an argument is not UTF-8, and its bytes cannot be read: {CommandLine}: {ErrorText.OfFile(error)}",
                error
            );
        }
    }

    private static CliException Unknown(int index) =>
        CliException.Usage($"argument {index + 1} may not be UTF-8, and {CommandLine} does not tell its bytes.");
}
