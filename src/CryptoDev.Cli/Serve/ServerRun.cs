using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using CryptoDev.Server;
using CryptoDev.Server.Cuse;
using CryptoDev.Server.Socket;

namespace CryptoDev.Cli.Serve;

/// <summary>One life of the server: starts what was asked for, says so, waits, leaves nothing behind.</summary>
internal static class ServerRun
{
    // PosixSignal has names for a few signals only; others go by their number, which is the same on Linux for every architecture .NET runs
    // on.
    private const PosixSignal SIGUSR1 = (PosixSignal)10;

    public static int Run(CliConsole console, ServePlan plan, CancellationToken stop)
    {
        ServeReport report = new(console.Error);
        using DevCryptoEmulator emulator = new(plan.Verbose ? plan.Emulator with { Trace = report.Trace } : plan.Emulator);
        WarnOfRefusals(plan, report);
        List<IFrontEnd> frontEnds = [.. Create(plan, emulator, plan.Verbose ? report.Line : null)];
        try
        {
            foreach (IFrontEnd frontEnd in frontEnds)
            {
                frontEnd.Start();
            }

            using PosixSignalRegistration counters = PosixSignalRegistration.Create(
                SIGUSR1,
                signal =>
                {
                    signal.Cancel = true;
                    report.Counters(emulator.Statistics, frontEnds);
                }
            );
            foreach (IFrontEnd frontEnd in frontEnds)
            {
                console.Out.WriteLine($"ready: {frontEnd.Name} ({emulator.Form})");
            }

            console.Finish();
            Wait(frontEnds, stop);
        }
        finally
        {
            Deadline deadline = Deadline.After(plan.StopTime);
            frontEnds.ForEach(frontEnd => frontEnd.Stop(deadline));
        }

        report.Counters(emulator.Statistics, frontEnds);
        return ExitCode.Fine;
    }

    private static void WarnOfRefusals(ServePlan plan, ServeReport report)
    {
        using CryptoDevice device = CryptoDevice.Open();
        if (plan.Warning(device.GetDrivers().Any(driver => driver.Kind == DriverKind.Hardware)) is { } warning)
        {
            report.Line($"cryptodev: {warning}");
        }
    }

    private static IEnumerable<IFrontEnd> Create(ServePlan plan, DevCryptoEmulator emulator, Action<string>? log)
    {
        if (plan.Device is { } device)
        {
            yield return new CuseFrontEnd(emulator, device, log);
        }

        if (plan.Socket is { } socket)
        {
            yield return new SocketFrontEnd(emulator, socket, log);
        }
    }

    // The end that was asked for is no failure; the end of a front end is.
    private static void Wait(List<IFrontEnd> frontEnds, CancellationToken stop)
    {
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task asked = Task.Delay(Timeout.InfiniteTimeSpan, done.Token);
        Task first = Task.WhenAny([asked, .. frontEnds.Select(frontEnd => frontEnd.Completion)]).GetAwaiter().GetResult();
        done.Cancel();
        if (first != asked)
        {
            first.GetAwaiter().GetResult();
        }
    }
}
