using System.Globalization;

namespace CryptoDev.Cli.Output;

/// <summary>The words and numbers that tables and JSON use.</summary>
internal static class Words
{
    public static string Of(DriverKind kind) =>
        kind switch
        {
            DriverKind.Hardware => "hardware",
            DriverKind.Accelerated => "accelerated",
            _ => "generic",
        };

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(double number, int digits) => number.ToString($"N{digits}", CultureInfo.InvariantCulture);
}
