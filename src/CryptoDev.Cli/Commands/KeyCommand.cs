using System.CommandLine;
using System.Security.Cryptography;
using CryptoDev.Cli.Input;
using CryptoDev.Cli.Output;

namespace CryptoDev.Cli.Commands;

/// <summary><c>cryptodev key</c>: operations on large numbers, and who has them.</summary>
internal static class KeyCommand
{
    public static Command Create(CliConsole console)
    {
        Command command = new("key", "Operations on large numbers: RSA, DSA, Diffie-Hellman and modular arithmetic.") { Features(console) };
        foreach (KeyCommandRow row in KeyCommandTable.All)
        {
            command.Add(Operation(console, row));
        }

        return command;
    }

    private static Command Operation(CliConsole console, KeyCommandRow row)
    {
        List<Option<string>> operands =
        [
            .. row.Options.Select(option => new Option<string>(option.Name)
            {
                HelpName = option.IsDigest ? ByteSource.Syntax : NumberSource.Syntax, Description = option.Description, Required = true,
            }),
        ];
        Option<string[]> driver = new("--driver") { HelpName = "DRIVER", Description = "software or keyring, several in order of preference, or a policy as for enc." };
        Option<bool> random = new("--random-nonce") { Description = "Take the nonce at random instead of from the key and the digest (RFC 6979)." };
        Option<bool> json = CommonOptions.Json();
        Option<bool> verbose = CommonOptions.Verbose();
        Command command = new(row.Name, row.Description + ".") { driver, json, verbose };
        operands.ForEach(command.Add);
        if (row.Name == "dsa-sign")
        {
            command.Add(random);
        }

        command.SetAction(parsed =>
        {
            using KeyOp op = Build(row, [.. operands.Select(parsed.GetRequiredValue)], row.Name == "dsa-sign" && parsed.GetValue(random) ? DsaNonce.Random : DsaNonce.Deterministic);
            using CryptoDevice device = CryptoDevice.Open();
            using KeyResult result = device.Process(op, DriverChoice.Policy(parsed.GetValue(driver)));
            if (parsed.GetValue(verbose))
            {
                console.Complain($"{row.Name} by {result.Driver!.Name}");
                foreach (PassedOverDriver passed in result.Driver.PassedOver)
                {
                    console.Complain($"not by {passed.Driver}: {passed.Reason}");
                }
            }

            Print(console, row, result, parsed.GetValue(json));
            return result.IsValid ? ExitCode.Fine : ExitCode.Different;
        });
        return command;
    }

    private static KeyOp Build(KeyCommandRow row, string[] texts, DsaNonce nonce)
    {
        byte[][] values = new byte[texts.Length][];
        try
        {
            for (int i = 0; i < texts.Length; i++)
            {
                KeyOption option = row.Options[i];
                values[i] = option.IsDigest ? ByteSource.Read(option.Name, texts[i]) : NumberSource.Read(option.Name, texts[i]);
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
            numbers.Add(row.Results[i], $"0x{Convert.ToHexStringLower(result.GetOutput(i))}");
        }

        if (json)
        {
            KeyDocument document = new(
                row.Name, result.Driver!.Name, Words.Of(result.Driver.Kind), result.IsValid, numbers,
                [.. result.Driver.PassedOver.Select(passed => new KeyPassedOver(passed.Driver, passed.Reason))]);
            JsonPrinter.Write(console, document, JsonDocuments.Default.KeyDocument);
        }
        else if (row.Results.Count == 0)
        {
            console.Out.WriteLine(result.IsValid ? "good" : "bad");
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
        Command command = new("features", "Say for every driver and operation whether it is available here, and who serves it by default.") { json };
        command.SetAction(parsed =>
        {
            using CryptoDevice device = CryptoDevice.Open();
            KeyFeatures features = device.KeyFeatures;
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
