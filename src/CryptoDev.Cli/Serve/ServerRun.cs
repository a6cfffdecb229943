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

    // For the last lines, where the front ends took all their time.
    private static readonly TimeSpan s_writing = TimeSpan.FromSeconds(1);

    public static int Run(CliConsole console, ServePlan plan, CancellationToken stop)
    {
        LineQueue lines = new(console.Error);
        ServeReport report = new(lines);
        LastWord last = new(plan.StopTime, console.Leave);
        using CancellationTokenRegistration asked = stop.Register(last.Begin);
        using DevCryptoEmulator emulator = new(plan.Verbose ? plan.Emulator with { Trace = report.Trace } : plan.Emulator);
        using PeakTrim trim = new(() => emulator.Statistics);
        WarnOfRefusals(plan, report);
        List<IFrontEnd> frontEnds = [.. Create(plan, emulator, plan.Verbose ? report.Line : null)];
        bool wasAsked = false;
        bool isWritten;
        try
        {
            Serve(console, emulator, frontEnds, report, stop);
            wasAsked = true;
        }
        finally
        {
            last.Failed(wasAsked ? ExitCode.Fine : ExitCode.InputOutput);
            last.Begin();
            Deadline deadline = Deadline.After(plan.StopTime);

            // First, so that key operations that wait are dropped.
            emulator.Dispose();
            Stop(frontEnds, deadline);
            if (wasAsked)
            {
                report.Counters(emulator.Statistics, frontEnds);
            }

            isWritten = lines.Finish(deadline.Left + s_writing);
        }

        if (!isWritten || emulator.Statistics.KeyOperationsRunning > 0)
        {
            // A thread is in a driver or in a write that cannot be stopped: no handler may wait for it.
            console.Leave(ExitCode.Fine);
        }

        last.Cancel();
        return ExitCode.Fine;
    }

    private static void Serve(
        CliConsole console,
        DevCryptoEmulator emulator,
        List<IFrontEnd> frontEnds,
        ServeReport report,
        CancellationToken stop
    )
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

    // Side by side: one that uses up the time must leave the others theirs.
    private static void Stop(List<IFrontEnd> frontEnds, Deadline deadline)
    {
        List<Task> ends = [];
        foreach (IFrontEnd frontEnd in frontEnds)
        {
            try
            {
                ends.Add(
                    Task.Factory.StartNew(
                        () => frontEnd.Stop(deadline),
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                );
            }
            catch (TaskSchedulerException)
            {
                // No thread is to be had.
                frontEnd.Stop(deadline);
            }
        }

        Task.WaitAll([.. ends]);
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
