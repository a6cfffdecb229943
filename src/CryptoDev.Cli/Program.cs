using System.Runtime.InteropServices;
using CryptoDev.Cli;
using CryptoDev.Native;

// The first signal asks the command to stop and clean up. Its exit code then tells the signal. The second signal ends it at once.
using CancellationTokenSource stop = new();
int signal = 0;
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    signal = context.Signal switch
    {
        PosixSignal.SIGHUP => 1,
        PosixSignal.SIGTERM => 15,
        _ => 2,
    };
    if (stop.IsCancellationRequested)
    {
        LibC._exit(128 + signal);
    }

    stop.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
using CliConsole console = CliConsole.OfProcess();
int exitCode = new CliApplication(console).Run(args, stop.Token);
return exitCode == ExitCode.Interrupted && signal != 0 ? 128 + signal : exitCode;
