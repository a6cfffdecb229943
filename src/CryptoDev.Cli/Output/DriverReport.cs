namespace CryptoDev.Cli.Output;

/// <summary>Reports the driver that ran a session, for --verbose.</summary>
internal static class DriverReport
{
    public static void Write(CliConsole console, Session session)
    {
        SessionDriver driver = session.Driver;
        console.Complain($"{session.Parameters} runs on {Named(driver)}");
        foreach (PassedOverDriver passed in driver.PassedOver)
        {
            console.Complain($"passed over {passed.Driver}: {passed.Reason}");
        }
    }

    /// <summary>After the work: the drivers that ran what the first one does not take.</summary>
    public static void WriteOthers(CliConsole console, Session session)
    {
        foreach (DriverShare share in session.Drivers)
        {
            if (share.Driver.Name != session.Driver.Name && share.Statistics.Operations > 0)
            {
                console.Complain(
                    $"{share.Statistics.Bytes} bytes ran on {Named(share.Driver)}: {session.Driver.Name} takes no messages of that size"
                );
            }
        }
    }

    private static string Named(SessionDriver driver) =>
        $"{driver.Name} ({Words.Of(driver.Kind)}{(driver.PciAddress is { } address ? $", PCI {address}" : string.Empty)})";
}
