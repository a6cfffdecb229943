using System.Runtime.InteropServices;
using CryptoDev.Cli;

// The first signal asks the command to stop and clean up; its exit code says which signal it was.
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
    stop.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
using CliConsole console = CliConsole.OfProcess();
int exitCode = new CliApplication(console).Run(args, stop.Token);
return exitCode == ExitCode.Interrupted && signal != 0 ? 128 + signal : exitCode;
