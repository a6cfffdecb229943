using System.CommandLine;
using System.Security.Cryptography;
using CryptoDev.Cli.Output;

namespace CryptoDev.Cli.Commands;

/// <summary><c>cryptodev rng</c>: random bytes from the system or a kernel generator.</summary>
internal static class RngCommand
{
    private const int PieceLength = 65536;

    public static Command Create(CliConsole console, CancellationToken stop)
    {
        Argument<string> count = new("N") { Description = "Number of bytes; K, M and G are powers of 1024." };
        Option<string[]> driver = new("--driver")
        {
            HelpName = "DRIVER",
            Description = "software (the system's generator, default), af_alg, or af_alg:KERNEL-GENERATOR; several in order of preference.",
        };
        Option<bool> hex = new("--hex") { Description = "Print hex digits and a line end instead of bytes." };
        Option<bool> verbose = CommonOptions.Verbose();
        Command command = new("rng", "Write random bytes to stdout.") { count, driver, hex, verbose };
        command.SetAction(parsed =>
        {
            long length = CommonOptions.ParseSize("N", parsed.GetRequiredValue(count));
            bool asHex = parsed.GetValue(hex);
            if (console.OutputIsTerminal && !asHex)
            {
                throw CliException.Usage("raw random bytes would upset the terminal: use --hex, or redirect the output.");
            }

            using CryptoDevice device = CryptoDevice.Open();
            using RandomGenerator generator = device.OpenRandomGenerator(DriverChoice.Policy(parsed.GetValue(driver)));
            if (parsed.GetValue(verbose))
            {
                console.Complain($"random bytes come from {generator.Name}");
            }

            Write(console, generator, length, asHex, stop);
            return ExitCode.Fine;
        });
        return command;
    }

    private static void Write(CliConsole console, RandomGenerator generator, long length, bool hex, CancellationToken stop)
    {
        using OutputTarget output = OutputTarget.Open(console, null, stop);
        byte[] piece = new byte[PieceLength];
        try
        {
            for (long left = length; left > 0; )
            {
                stop.ThrowIfCancellationRequested();
                Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(left, piece.Length));
                generator.Fill(bytes);
                output.Write(hex ? System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)) : bytes);
                left -= bytes.Length;
            }

            if (hex)
            {
                output.Write("\n"u8);
            }

            output.Complete();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(piece);
        }
    }
}
