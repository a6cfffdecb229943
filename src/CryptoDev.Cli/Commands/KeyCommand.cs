using System.CommandLine;
using System.Security.Cryptography;
using CryptoDev.Cli.Input;
using CryptoDev.Cli.Output;

namespace CryptoDev.Cli.Commands;

/// <summary><c>cryptodev key</c>: operations on large numbers, and the list of drivers that support them.</summary>
internal static class KeyCommand
{
    public static Command Create(CliConsole console, CancellationToken stop)
    {
        Command command = new("key", "Operations on large numbers: RSA, DSA, Diffie-Hellman and modular arithmetic.") { Features(console) };
        foreach (KeyCommandRow row in KeyCommandTable.All)
        {
            command.Add(Operation(console, row, stop));
        }

        return command;
    }

    private static Command Operation(CliConsole console, KeyCommandRow row, CancellationToken stop)
    {
        List<Option<string>> operands =
        [
            .. row.Options.Select(option => new Option<string>(option.Name)
            {
                HelpName = option.IsDigest ? ByteSource.Syntax : NumberSource.Syntax,
                Description = option.Description,
            }),
        ];
        Option<string[]> driver = new("--driver")
        {
            HelpName = "DRIVER",
            Description = "devcrypto, keyring or software, several in order of preference, or a policy as for enc.",
        };
        Option<bool> random = new("--random-nonce")
        {
            Description = "Take the nonce at random instead of from the key and the digest (RFC 6979).",
        };
        Option<string?> batch = new("--batch")
        {
            HelpName = "FILE",
            Description =
                "Instead of the options: a file (- for stdin) with a line per operation, "
                + $"{string.Join(' ', row.Options.Select(option => option.Name[2..]))}; a line of results for each.",
        };
        Option<bool> json = CommonOptions.Json();
        Option<bool> verbose = CommonOptions.Verbose();
        Command command = new(row.Name, row.Description + ".") { driver, batch, json, verbose };
        operands.ForEach(command.Add);
        if (row.Name == "dsa-sign")
        {
            command.Add(random);
        }

        DeviceChoice.AddTo(command);
        command.Validators.Add(given =>
        {
            bool isBatch = given.GetResult(batch) is not null;
            if (isBatch && given.GetResult(json) is not null)
            {
                given.AddError("--batch prints lines; --json does not go with it.");
            }

            foreach (Option<string> operand in operands.Where(operand => given.GetResult(operand) is null == !isBatch))
            {
                given.AddError(
                    isBatch
                        ? $"--batch takes the operands from its file; {operand.Name} does not go with it."
                        : $"Option '{operand.Name}' is required."
                );
            }
        });
        command.SetAction(parsed =>
        {
            DsaNonce nonce = row.Name == "dsa-sign" && parsed.GetValue(random) ? DsaNonce.Random : DsaNonce.Deterministic;
            DriverPolicy? policy = DriverChoice.Policy(parsed.GetValue(driver));
            using CryptoDevice device = DeviceChoice.Open(parsed);
            if (parsed.GetValue(batch) is { } file)
            {
                return KeyBatch.Run(console, device, row, file, policy, nonce, stop) ? ExitCode.Fine : ExitCode.Different;
            }

            using KeyOp op = Build(row, [.. operands.Select(parsed.GetRequiredValue)], nonce, stop);
            using KeyResult result = device.Process(op, policy);
            if (parsed.GetValue(verbose))
            {
                // A signature with a number out of range is invalid by itself, so no driver runs.
                console.Complain($"{row.Name} by {result.Driver?.Name ?? "its operands alone"}");
                foreach (PassedOverDriver passed in result.Driver?.PassedOver ?? [])
                {
                    console.Complain($"not by {passed.Driver}: {passed.Reason}");
                }
            }

            Print(console, row, result, parsed.GetValue(json));
            return result.IsValid ? ExitCode.Fine : ExitCode.Different;
        });
        return command;
    }

    /// <summary>A number of the result in hex.</summary>
    public static string Hex(KeyResult result, int index) => $"0x{Convert.ToHexStringLower(result.ToArray(index))}";

    public static string Verdict(KeyResult result) => result.IsValid ? "good" : "bad";

    /// <summary>Reads the operands, in the order of the row.</summary>
    public static KeyOp Build(KeyCommandRow row, string[] texts, DsaNonce nonce, CancellationToken stop)
    {
        byte[][] values = new byte[texts.Length][];
        try
        {
            for (int i = 0; i < texts.Length; i++)
            {
                KeyOption option = row.Options[i];
                values[i] = option.IsDigest ? ByteSource.Read(option.Name, texts[i], stop) : NumberSource.Read(option.Name, texts[i], stop);
            }

            return row.Build(values, nonce);
        }
        finally
        {
            foreach (byte[]? value in values)
            {
                CryptographicOperations.ZeroMemory(value);
            }
        }
    }

    private static void Print(CliConsole console, KeyCommandRow row, KeyResult result, bool json)
    {
        Dictionary<string, string> numbers = [];
        for (int i = 0; i < result.OutputCount; i++)
        {
            numbers.Add(row.Results[i], Hex(result, i));
        }

        if (json)
        {
            KeyDocument document = new(
                row.Name,
                result.Driver?.Name,
                result.Driver is { } ran ? Words.Of(ran.Kind) : null,
                result.IsValid,
                numbers,
                [.. (result.Driver?.PassedOver ?? []).Select(passed => new KeyPassedOver(passed.Driver, passed.Reason))]
            );
            JsonPrinter.Write(console, document, JsonDocuments.Default.KeyDocument);
        }
        else if (row.Results.Count == 0)
        {
            console.Out.WriteLine(Verdict(result));
        }
        else
        {
            foreach (string number in numbers.Values)
            {
                console.Out.WriteLine(number);
            }
        }
    }

    private static Command Features(CliConsole console)
    {
        Option<bool> json = CommonOptions.Json();
        Command command = new("features", "Say for every driver and operation whether it is available here, and who serves it by default.")
        {
            json,
        };
        DeviceChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            using CryptoDevice device = DeviceChoice.Open(parsed);
            KeyFeatures features = device.GetKeyFeatures();
            List<KeyFeatureRow> rows = KeyAvailabilities.Rows(features);
            if (parsed.GetValue(json))
            {
                JsonPrinter.Write(console, new KeyFeaturesDocument((int)features.Mask, rows), JsonDocuments.Default.KeyFeaturesDocument);
            }
            else
            {
                KeyAvailabilities.Print(new TablePrinter(console), rows);
            }

            return ExitCode.Fine;
        });
        return command;
    }
}
