using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CryptoDev.Cli.Streams;
using CryptoDev.Server;

namespace CryptoDev.Cli;

/// <summary>Turns every exception that reaches the user into an exit code and one sentence.</summary>
internal static class ErrorText
{
    /// <summary>Linux has no greater errno. Windows' codes, which .NET uses for other reasons, are all below 0.</summary>
    private const int LastErrno = 4095;

    // Linux errno values. On Unix, IOException has the errno in HResult.
    private const int EPERM = 1;
    private const int ENOENT = 2;
    private const int ENXIO = 6;
    private const int EACCES = 13;
    private const int ENODEV = 19;
    private const int ENOSPC = 28;
    private const int EDOM = 33;
    private const int EBADMSG = 74;

    /// <summary>The exit code, and the sentence for stderr: none where nobody reads any more.</summary>
    public static (int ExitCode, string? Sentence) Of(Exception error) =>
        error switch
        {
            ReaderGoneException => (ExitCode.ReaderGone, null),
            CliException own => (own.ExitCode, own.Message),
            OperationCanceledException => (ExitCode.Interrupted, "interrupted"),
            AuthenticationTagMismatchException => (
                ExitCode.TagMismatch,
                "the tag does not match: the message, the key, the IV, the associated data or the tag length is not the one it "
                    + "was made with"
            ),
            CryptoDevException absent when IsAbsence(absent) => (ExitCode.NotAvailable, OneLine(absent.Message)),
            CryptoDevException { Errno: EBADMSG } damaged => (ExitCode.Different, OneLine(damaged.Message)),
            CryptoDevException { Errno: ENOSPC or EDOM } unfit => (ExitCode.Usage, OneLine(unfit.Message)),
            CryptoDevException failed => (ExitCode.DriverFailed, OneLine(failed.Message)),
            FrontEndException frontEnd => (OfFrontEnd(frontEnd.Failure), OneLine(frontEnd.Message)),
            ArgumentException argument => (ExitCode.Usage, WithoutParameter(argument)),
            IOException or UnauthorizedAccessException => (ExitCode.InputOutput, OfFile(error)),
            OutOfMemoryException => (ExitCode.InputOutput, "not enough memory to hold the message"),
            _ => (ExitCode.Internal, $"internal error: {error.GetType().Name}: {OneLine(error.Message)}"),
        };

    /// <summary>
    /// Whether there was no driver for it, or none that this user may use. False if there was one and it failed for lack of memory or
    /// descriptors.
    /// </summary>
    public static bool IsAbsence(CryptoDevException error) =>
        error.Errno is ENODEV or ENOENT or ENXIO or EACCES or EPERM
        && (error.Operation.StartsWith("open ", StringComparison.Ordinal) || error.Operation.StartsWith("CRK_", StringComparison.Ordinal));

    /// <summary>The reason why a file could not be read or written, in the system's words.</summary>
    public static string OfFile(Exception error) =>
        error switch
        {
            CliException own => own.Message,
            FileNotFoundException or DirectoryNotFoundException => "No such file or directory",
            UnauthorizedAccessException => "Permission denied",
            PathTooLongException => "File name too long",
            IOException { HResult: > 0 and <= LastErrno and int number } => Marshal.GetPInvokeErrorMessage(number),
            _ => OneLine(error.Message),
        };

    private static int OfFrontEnd(FrontEndFailure failure) =>
        failure switch
        {
            FrontEndFailure.Usage => ExitCode.Usage,
            FrontEndFailure.NotAvailable => ExitCode.NotAvailable,
            _ => ExitCode.InputOutput,
        };

    /// <summary>Removes the parameter's name, which the framework appends for programmers.</summary>
    public static string WithoutParameter(ArgumentException error)
    {
        string message = OneLine(error.Message);
        string suffix = $" (Parameter '{error.ParamName}')";
        return error.ParamName is not null && message.EndsWith(suffix, StringComparison.Ordinal) ? message[..^suffix.Length] : message;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").TrimEnd();
}
