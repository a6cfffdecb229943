using System.CommandLine;
using System.Security.Cryptography;
using CryptoDev.Cli.Input;
using CryptoDev.Cli.Output;

namespace CryptoDev.Cli.Commands;

/// <summary><c>cryptodev dgst</c>: digests and MACs of files, and the verification of lists of them.</summary>
internal static class DgstCommand
{
    public static Command Create(CliConsole console, CancellationToken stop)
    {
        Option<string> algorithm = CommonOptions.Algorithm("A digest or MAC, in any spelling: sha256, SHA2-256, hmac(sha256).");
        Option<string?> key = CommonOptions.Bytes("--key", "The key of a MAC. Prefer @FILE: other users can read a command line.");
        Option<string?> iv = CommonOptions.Bytes("--iv", "The nonce of GMAC.");
        Option<int?> tagLength = new("--tag-length") { HelpName = "N", Description = "Bytes of the MAC to keep (all unless told)." };
        Option<bool> check = new("--check", "-c") { Description = "The files are lists as sha256sum writes them: verify what they name." };
        Option<string[]> driver = DriverChoice.Option();
        Option<bool> verbose = CommonOptions.Verbose();
        Argument<string[]> files = new("FILE") { Arity = ArgumentArity.ZeroOrMore, Description = "Files; '-' and none mean stdin." };
        Command command = new("dgst", "Print digests as sha256sum does, or verify lists of them.")
        {
            algorithm,
            key,
            iv,
            tagLength,
            check,
            driver,
            verbose,
            files,
        };
        DeviceChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            string[] names = parsed.GetValue(files) is { Length: > 0 } given ? given : ["-"];
            string algorithmName = parsed.GetRequiredValue(algorithm);
            (CryptoAlgorithm row, int implied) = CommonOptions.ParseAlgorithm(algorithmName);
            byte[] nonce = ReadIv(row, parsed.GetValue(iv), stop);
            using CryptoKey? secret = ReadKey(algorithmName, row, implied, parsed.GetValue(key), stop);
            SessionParameters parameters = Parameters(row, secret, parsed.GetValue(tagLength), nonce.Length);
            using CryptoDevice device = DeviceChoice.Open(parsed);
            using Session session = device.CreateSession(parameters, DriverChoice.Policy(parsed.GetValue(driver)));
            if (parsed.GetValue(verbose))
            {
                DriverReport.Write(console, session);
            }

            FileDigest digest = new(console, session, nonce, stop);
            int exitCode = parsed.GetValue(check)
                ? Verify(console, new ChecksumList(console, row, digest, stop), names)
                : Print(console, digest, names);
            if (parsed.GetValue(verbose))
            {
                DriverReport.WriteOthers(console, session);
            }

            return exitCode;
        });
        return command;
    }

    private static int Print(CliConsole console, FileDigest digest, string[] names)
    {
        int exitCode = ExitCode.Fine;
        foreach (string name in names)
        {
            try
            {
                console.Out.Write(new ChecksumLine(digest.Compute(name), name) + "\n");
            }
            catch (CliException unreadable) when (unreadable.ExitCode == ExitCode.InputOutput)
            {
                console.Out.Flush();
                console.Complain(unreadable.Message);
                exitCode = ExitCode.InputOutput;
            }
        }

        return exitCode;
    }

    private static int Verify(CliConsole console, ChecksumList list, string[] names)
    {
        int exitCode = ExitCode.Fine;
        foreach (string name in names)
        {
            try
            {
                exitCode = list.Verify(name) ? exitCode : ExitCode.Different;
            }
            catch (CliException unreadable) when (unreadable.ExitCode == ExitCode.InputOutput)
            {
                console.Out.Flush();
                console.Complain(unreadable.Message);
                exitCode = ExitCode.Different;
            }
        }

        return exitCode;
    }

    private static SessionParameters Parameters(CryptoAlgorithm algorithm, CryptoKey? key, int? tagLength, int ivLength)
    {
        if (algorithm.Kind == AlgorithmKind.Mac)
        {
            return tagLength is 0
                ? throw CliException.Usage($"{algorithm} has a tag of {algorithm.TagSizes} bytes; 0 were asked for.")
                : SessionParameters.KeyedDigest(algorithm, key, tagLength ?? 0, ivLength);
        }

        if (algorithm.Kind != AlgorithmKind.Digest)
        {
            throw CliException.Usage($"{algorithm} is not a digest or MAC; use 'cryptodev enc -a {algorithm}'.");
        }

        return tagLength is null
            ? SessionParameters.Digest(algorithm)
            : throw CliException.Usage($"--tag-length is for MACs; {algorithm} has no key.");
    }

    private static byte[] ReadIv(CryptoAlgorithm algorithm, string? text, CancellationToken stop)
    {
        bool takes = algorithm.Kind == AlgorithmKind.Mac && algorithm.IvSizes.Maximum != 0;
        if (text is null)
        {
            return takes ? throw CliException.Usage($"{algorithm} needs --iv of {algorithm.IvSizes} bytes; none was given.") : [];
        }

        return takes ? ByteSource.Read("--iv", text, stop) : throw CliException.Usage($"{algorithm} takes no IV; --iv was given.");
    }

    private static CryptoKey? ReadKey(string name, CryptoAlgorithm algorithm, int implied, string? text, CancellationToken stop)
    {
        if (text is null)
        {
            return algorithm.KeySizes.Contains(0) && algorithm.KeySizes.Default == 0 ? null
                : algorithm.Kind == AlgorithmKind.Mac
                    ? throw CliException.Usage(
                        $"{algorithm} needs --key of {(implied != 0 ? $"{implied}" : algorithm.KeySizes)} bytes; none was given."
                    )
                : null;
        }

        if (algorithm.KeySizes.Maximum == 0)
        {
            throw CliException.Usage($"{algorithm} takes no key; --key was given.");
        }

        byte[] bytes = ByteSource.Read("--key", text, stop);
        try
        {
            CommonOptions.CheckImpliedKeyLength(name, implied, bytes.Length);
            return SecretKey.Of(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
