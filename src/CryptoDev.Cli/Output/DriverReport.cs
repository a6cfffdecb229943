namespace CryptoDev.Cli.Output;

/// <summary>Reports the driver that ran a session, for --verbose.</summary>
internal static class DriverReport
{
    public static void Write(CliConsole console, Session session)
    {
        SessionDriver driver = session.Driver;
        string device = driver.PciAddress is { } address ? $", PCI {address}" : string.Empty;
        console.Complain($"{session.Parameters} runs on {driver.Name} ({Words.Of(driver.Kind)}{device})");
        foreach (PassedOverDriver passed in driver.PassedOver)
        {
            console.Complain($"passed over {passed.Driver}: {passed.Reason}");
        }
    }
}
