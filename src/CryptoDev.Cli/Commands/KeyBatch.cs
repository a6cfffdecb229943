using CryptoDev.Cli.Input;
using CryptoDev.Cli.Names;
using CryptoDev.Cli.Streams;

namespace CryptoDev.Cli.Commands;

/// <summary>
/// Runs many operations of one kind in one process. Each input line has the operands, and each output line has the results.
/// </summary>
internal static class KeyBatch
{
    private const int EDOM = 33;

    /// <summary>Returns whether all verifications succeeded.</summary>
    public static bool Run(
        CliConsole console,
        CryptoDevice device,
        KeyCommandRow row,
        string path,
        DriverPolicy? policy,
        DsaNonce nonce,
        CancellationToken stop
    )
    {
        Stream stream = InputFile.OpenOrStandard(console, path, stop);
        using Stream? file = stream == console.Input ? null : stream;
        LineReader reader = new(stream, Quoted.Input(path));
        bool allGood = true;
        while (reader.Next() is { } line)
        {
            stop.ThrowIfCancellationRequested();
            string[] words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].StartsWith('#'))
            {
                continue;
            }

            try
            {
                allGood &= RunLine(console, device, row, words, policy, nonce, stop);
            }
            catch (Exception error) when (error is not (OperationCanceledException or ReaderGoneException))
            {
                // Print the results so far. The error message then says at which line it stopped.
                console.Out.Flush();
                (int exitCode, string? sentence) = ErrorText.Of(error);
                throw new CliException(exitCode, $"{Quoted.Input(path)}, line {reader.Number}: {sentence}", error);
            }
        }

        return allGood;
    }

    private static bool RunLine(
        CliConsole console,
        CryptoDevice device,
        KeyCommandRow row,
        string[] words,
        DriverPolicy? policy,
        DsaNonce nonce,
        CancellationToken stop
    )
    {
        if (words.Length != row.Options.Count)
        {
            throw CliException.Usage(
                $"{words.Length} operands; {row.Name} takes {row.Options.Count}: "
                    + $"{string.Join(' ', row.Options.Select(option => option.Name[2..]))}."
            );
        }

        using KeyOp op = KeyCommand.Build(row, words, nonce, stop);
        using KeyResult result = device.Process([op], policy)[0];
        if (result.Error is { Errno: not EDOM } error)
        {
            throw error;
        }

        // "No inverse" is a valid result too.
        console.Out.WriteLine(
            result.Error is not null ? "-"
            : row.Results.Count == 0 ? KeyCommand.Verdict(result)
            : string.Join(' ', Enumerable.Range(0, result.OutputCount).Select(i => KeyCommand.Hex(result, i)))
        );
        return row.Results.Count > 0 || result.IsValid;
    }
}
