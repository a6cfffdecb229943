using System.CommandLine;
using System.CommandLine.Parsing;
using CryptoDev.Cli.Input;
using CryptoDev.Cli.Names;
using CryptoDev.Cli.Output;
using CryptoDev.Cli.Streams;

namespace CryptoDev.Cli.Commands;

/// <summary><c>cryptodev enc</c>: encrypts, decrypts, compresses or expands one file or stream.</summary>
internal static class EncCommand
{
    private const string OutputOption = "--out";

    /// <summary>Whether the command is this one and its output a file, so that it needs no standard output.</summary>
    public static bool WritesToFile(ParseResult parsed) =>
        parsed.CommandResult.Command.Name == "enc" && parsed.GetResult(OutputOption) is OptionResult { Tokens: [{ Value: not "-" }] };

    public static Command Create(CliConsole console, CancellationToken stop)
    {
        Option<string> algorithm = CommonOptions.Algorithm(
            "A cipher, AEAD or compression algorithm, in any spelling; aes-256-cbc implies the key length."
        );
        Option<bool> decrypt = new("--decrypt", "-d") { Description = "Decrypt (expand) instead of encrypting (compressing)." };
        Option<string?> key = CommonOptions.Bytes("--key", "The key. Prefer @FILE: other users can read a command line.");
        Option<string?> iv = CommonOptions.Bytes("--iv", "The IV, counter block or nonce, of exactly the algorithm's length.");
        Option<string?> aad = CommonOptions.Bytes("--aad", "AEAD: associated data, authenticated and not written.");
        Option<int?> tagLength = new("--tag-length")
        {
            HelpName = "N",
            Description = "AEAD: bytes of tag behind the ciphertext (16 unless told).",
        };
        Option<string> pad = new("--pad")
        {
            HelpName = "none|pkcs7",
            Description = "Block modes: none (default), or pkcs7 as openssl enc does.",
            DefaultValueFactory = _ => "none",
        };
        Option<string?> input = new("--in") { HelpName = "FILE", Description = "Read from FILE; '-' and no --in mean stdin." };
        Option<string?> output = new(OutputOption)
        {
            HelpName = "FILE",
            Description = "Write to FILE, which appears only when complete; '-' and no --out mean stdout.",
        };
        Option<string[]> driver = DriverChoice.Option();
        Option<bool> verbose = CommonOptions.Verbose();
        Command command = new(
            "enc",
            "Encrypt or decrypt: the same bytes as 'openssl enc -K -iv' for the ciphers both have; AEAD writes ciphertext, then tag."
        )
        {
            algorithm,
            decrypt,
            key,
            iv,
            aad,
            tagLength,
            pad,
            input,
            output,
            driver,
            verbose,
        };
        DeviceChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            EncArguments arguments = new()
            {
                AlgorithmName = parsed.GetRequiredValue(algorithm),
                Decrypt = parsed.GetValue(decrypt),
                Key = parsed.GetValue(key),
                Iv = parsed.GetValue(iv),
                AssociatedData = parsed.GetValue(aad),
                TagLength = parsed.GetValue(tagLength),
                Padding = parsed.GetRequiredValue(pad),
            };
            Run(
                parsed,
                console,
                arguments,
                parsed.GetValue(input),
                parsed.GetValue(output),
                DriverChoice.Policy(parsed.GetValue(driver)),
                parsed.GetValue(verbose),
                stop
            );
            return ExitCode.Fine;
        });
        return command;
    }

    private static void Run(
        ParseResult parsed,
        CliConsole console,
        EncArguments arguments,
        string? input,
        string? output,
        DriverPolicy? policy,
        bool verbose,
        CancellationToken stop
    )
    {
        using EncJob job = EncJob.From(arguments, stop);
        Stream source = InputFile.OpenOrStandard(console, input, stop);
        try
        {
            using CryptoDevice device = DeviceChoice.Open(parsed);
            using Session session = Open(device, job, source, policy);
            if (verbose)
            {
                DriverReport.Write(console, session);
            }

            long length = source.CanSeek ? source.Length : 0;
            LongWork.Run(
                console,
                Quoted.Input(input),
                length,
                progress => Transform(console, job, session, source, Quoted.Input(input), output, progress, stop)
            );
            if (verbose)
            {
                DriverReport.WriteOthers(console, session);
            }
        }
        finally
        {
            if (source != console.Input)
            {
                source.Dispose();
            }
        }
    }

    /// <summary>Opens a session for this input. If every driver fails only because of the length, the error says so.</summary>
    private static Session Open(CryptoDevice device, EncJob job, Stream source, DriverPolicy? policy)
    {
        SessionParameters parameters = job.Parameters(source);
        try
        {
            return device.CreateSession(parameters, policy);
        }
        catch (CryptoDevException) when (parameters.MaxMessageLength != 0)
        {
            using Session shorter = device.CreateSession(parameters.WithMaxMessageLength(0), policy);
            throw CliException.Usage(
                $"{job.Algorithm} takes messages of at most {shorter.MaxMessageLength} bytes on {shorter.Driver.Name}; "
                    + $"{parameters.MaxMessageLength} were given."
            );
        }
    }

    private static void Transform(
        CliConsole console,
        EncJob job,
        Session session,
        Stream source,
        string name,
        string? output,
        Action<long> progress,
        CancellationToken stop
    )
    {
        OutputTarget? target = null;
        try
        {
            if (job.IsStreamed)
            {
                target = OutputTarget.Open(console, output, stop);
                StreamCipher.Run(job, session, source, name, target, progress, stop);
            }
            else
            {
                // Read the whole message (and verify it when decrypting) before the output is opened.
                using MessageResult result = MessageCipher.Run(job, session, source, name, progress, stop);
                target = OutputTarget.Open(console, output, stop);
                target.Write(result.Bytes);
            }

            stop.ThrowIfCancellationRequested();
            target.Complete();
        }
        catch (Exception error) when (target is { IsStream: true, Written: > 0 } && error is not ReaderGoneException)
        {
            (int exitCode, string? sentence) = ErrorText.Of(error);
            throw new CliException(exitCode, $"{sentence}; the {target.Written} bytes already written are not the whole output", error);
        }
        finally
        {
            target?.Dispose();
        }
    }
}
