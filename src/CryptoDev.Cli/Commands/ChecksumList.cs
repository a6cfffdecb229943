using System.Security.Cryptography;
using CryptoDev.Cli.Input;
using CryptoDev.Cli.Names;

namespace CryptoDev.Cli.Commands;

/// <summary>
/// Verifies lists of checksums as <c>sha256sum -c</c> does: one verdict per file on stdout, and warnings with totals on stderr.
/// </summary>
internal sealed class ChecksumList(CliConsole console, CryptoAlgorithm algorithm, FileDigest files, CancellationToken stop)
{
    /// <summary>Verifies one list. True if every file in it could be read and matched.</summary>
    public bool Verify(string list)
    {
        int lines = 0;
        int malformed = 0;
        int unreadable = 0;
        int different = 0;
        foreach (string line in Lines(list))
        {
            if (line.StartsWith('#') || line is "" or "\r")
            {
                continue;
            }

            if (ChecksumLine.Parse(line, algorithm, files.DigestLength) is not { } expected)
            {
                malformed++;
                continue;
            }

            lines++;
            switch (Verify(expected))
            {
                case null:
                    unreadable++;
                    break;
                case false:
                    different++;
                    break;
            }
        }

        console.Out.Flush();
        if (lines == 0)
        {
            console.Complain($"{Quoted.Input(list)}: no properly formatted checksum lines found");
            return false;
        }

        Warn(malformed, "line is improperly formatted", "lines are improperly formatted");
        Warn(unreadable, "listed file could not be read", "listed files could not be read");
        Warn(different, "computed checksum did NOT match", "computed checksums did NOT match");
        return unreadable == 0 && different == 0;
    }

    /// <summary>True: the digest matches. False: it differs. Null: the file cannot be read.</summary>
    private bool? Verify(ChecksumLine expected)
    {
        string shown = ChecksumLine.NameForVerdict(expected.FileName);
        try
        {
            bool same = CryptographicOperations.FixedTimeEquals(files.Compute(expected.FileName), expected.Digest);
            console.Out.WriteLine($"{shown}: {(same ? "OK" : "FAILED")}");
            return same;
        }
        catch (CliException unreadable) when (unreadable.ExitCode == ExitCode.InputOutput)
        {
            console.Complain(unreadable.Message);
            console.Out.WriteLine($"{shown}: FAILED open or read");
            return null;
        }
    }

    private IEnumerable<string> Lines(string list)
    {
        Stream stream = InputFile.OpenOrStandard(console, list, stop);
        try
        {
            LineReader reader = new(stream, Quoted.Input(list));
            while (reader.Next() is { } line)
            {
                stop.ThrowIfCancellationRequested();
                yield return line;
            }
        }
        finally
        {
            if (stream != console.Input)
            {
                stream.Dispose();
            }
        }
    }

    private void Warn(int count, string one, string many)
    {
        if (count > 0)
        {
            console.Complain($"WARNING: {count} {(count == 1 ? one : many)}");
        }
    }
}
