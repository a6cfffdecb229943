namespace CryptoDev.Tests.Cli;

/// <summary>
/// The command as a program, built beside the tests: for what a test in process cannot show (signals, the working folder, start-up).
/// </summary>
internal static class CommandFile
{
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "CryptoDev.Cli");
}
