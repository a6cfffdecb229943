namespace CryptoDev.Cli;

/// <summary>The exit codes of the command. They are part of its interface: docs/cli.md and <c>cryptodev --help</c> list them.</summary>
internal static class ExitCode
{
    public const int Fine = 0;
    public const int Different = 1;
    public const int Usage = 2;
    public const int NotAvailable = 3;
    public const int InputOutput = 4;
    public const int TagMismatch = 5;
    public const int DriverFailed = 6;
    public const int Internal = 70;
    public const int HungUp = 129;
    public const int Interrupted = 130;
    public const int ReaderGone = 141;
    public const int Terminated = 143;

    public static IReadOnlyList<(int Code, string Meaning)> Table { get; } =
    [
        (Fine, "done, and everything compared or verified agreed"),
        (Different, "a comparison or verification failed: check, dgst --check, padding or compressed data of enc -d"),
        (Usage, "the command line, a key, an IV or a message length does not fit"),
        (NotAvailable, "no driver that may be used can do it"),
        (InputOutput, "a file could not be read or written"),
        (TagMismatch, "the tag did not match; no plaintext was written"),
        (DriverFailed, "a driver failed while working"),
        (Internal, "a defect of this program"),
        (HungUp, "ended by SIGHUP: the terminal is gone"),
        (Interrupted, "ended by SIGINT: Ctrl-C"),
        (ReaderGone, "nobody reads the output any more; nothing is said on stderr"),
        (Terminated, "ended by SIGTERM"),
    ];
}
