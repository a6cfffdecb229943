using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using CryptoDev.Server;
using CryptoDev.Server.Cuse;
using CryptoDev.Server.Socket;

namespace CryptoDev.Cli.Serve;

/// <summary>One run of the server: starts the front ends, reports that, waits, and cleans up.</summary>
internal static class ServerRun
{
    // PosixSignal has names for only a few signals. Others are given by number, which on Linux is the same on every architecture that .NET
    // runs on.
    private const PosixSignal SIGUSR1 = (PosixSignal)10;

    // The time for the last lines if the front ends used all of theirs.
    private static readonly TimeSpan s_writing = TimeSpan.FromSeconds(1);

    public static int Run(CliConsole console, ServePlan plan, CancellationToken stop)
    {
        console.EndsItself = true;
        LineQueue lines = new(console.Error);
        ServeReport report = new(lines);
        ExitWatchdog last = new(plan.StopTime, console.Leave);
        using CancellationTokenRegistration asked = stop.Register(last.Begin);
        using DevCryptoEmulator emulator = plan.CreateEmulator(plan.Verbose ? report.Trace : null);
        using MemoryTrimmer trim = new(() => emulator.Statistics);
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

            // Dispose the emulator first, so that waiting key operations are dropped.
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
            // A thread is in a driver or in a write that cannot be interrupted. Do not run exit handlers, which could wait for it.
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

    // Stop them in parallel: one that uses all the time must not take it from the others.
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
                // No thread could be started.
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

    // A requested end is not a failure. The end of a front end is one.
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
