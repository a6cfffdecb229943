using System.Security.Cryptography;
using System.Text;
using CryptoDev.Cli.Input;

namespace CryptoDev.Cli.Commands;

/// <summary>
/// Verifies lists of checksums as <c>sha256sum -c</c> does: one verdict per file on stdout, and warnings with totals on stderr.
/// </summary>
internal sealed class ChecksumList(CliConsole console, CryptoAlgorithm algorithm, FileDigest files)
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
            if (line.StartsWith('#') || line.Length == 0)
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
            console.Complain($"{NameOf(list)}: no properly formatted checksum lines found");
            return false;
        }

        Warn(malformed, "line is improperly formatted", "lines are improperly formatted");
        Warn(unreadable, "listed file could not be read", "listed files could not be read");
        Warn(different, "computed checksum did NOT match", "computed checksums did NOT match");
        return unreadable == 0 && different == 0;
    }

    private static string NameOf(string list) => list == "-" ? "standard input" : list;

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
        Stream stream = InputFile.OpenOrStandard(console, list);
        try
        {
            using StreamReader reader = new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
            StringBuilder line = new();
            int character;
            while ((character = Read(reader, list)) >= 0)
            {
                // Do not use ReadLine: a carriage return does not end a line here. It may be part of a name.
                if (character == '\n')
                {
                    yield return Take(line);
                }
                else
                {
                    line.Append((char)character);
                }
            }

            if (line.Length > 0)
            {
                yield return Take(line);
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

    private static int Read(StreamReader reader, string list)
    {
        try
        {
            return reader.Read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.InputOutput, $"{NameOf(list)}: {ErrorText.OfFile(error)}", error);
        }
    }

    private static string Take(StringBuilder line)
    {
        string text = line.ToString();
        line.Clear();
        return text;
    }

    private void Warn(int count, string one, string many)
    {
        if (count > 0)
        {
            console.Complain($"WARNING: {count} {(count == 1 ? one : many)}");
        }
    }
}
