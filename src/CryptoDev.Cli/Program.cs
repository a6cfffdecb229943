using System.Runtime.InteropServices;
using CryptoDev.Cli;

// The first signal asks the command to stop and clean up. Its exit code then tells the signal. The second signal ends it at once, and so
// does the first one where the command cannot get out of what it is doing.
TimeSpan patience = TimeSpan.FromSeconds(3);
using CancellationTokenSource stop = new();
using CliConsole console = CliConsole.OfProcess(stop.Token);
int signalCode = 0;
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    int exitCode = context.Signal switch
    {
        PosixSignal.SIGHUP => ExitCode.HungUp,
        PosixSignal.SIGTERM => ExitCode.Terminated,
        _ => ExitCode.Interrupted,
    };
    if (Interlocked.CompareExchange(ref signalCode, exitCode, 0) != 0)
    {
        console.Abandon(exitCode);
    }

    new Thread(() =>
    {
        Thread.Sleep(patience);
        if (!console.EndsItself)
        {
            console.Abandon(exitCode);
        }
    })
    {
        IsBackground = true,
    }.Start();
    stop.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
int exitCode = new CliApplication(console).RunProcess(args, stop.Token);
return exitCode == ExitCode.Interrupted && signalCode != 0 ? signalCode : exitCode;
