using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using CryptoDev.Native;
using CryptoDev.Tests.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>A device of this machine, with a pipe in its place: what does not depend on its ioctls.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class DeviceFileTests
{
    private const int SIGCONT = 18;

    [Fact]
    public async Task Signals_do_not_make_a_poll_last_longer_than_it_was_told()
    {
        string path = Path.Combine(Path.GetTempPath(), $"cryptodev-{Guid.NewGuid():N}.fifo");
        using (Process make = Process.Start("mkfifo", path))
        {
            make.WaitForExit();
        }

        try
        {
            using DeviceFile file = DeviceFile.Open(path, out _)!;
            using PosixSignalRegistration handled = PosixSignalRegistration.Create(PosixSignal.SIGCONT, context => context.Cancel = true);
            using ManualResetEventSlim polling = new();
            int thread = 0;
            int result = -1;
            Task poller = OwnThreads.Start(() =>
            {
                thread = gettid();
                polling.Set();
                result = file.Poll(LibC.POLLIN, 200);
            });
            polling.Wait();

            // The next signal comes long before the time is up, again and again, for a minute at least.
            bool hasEnded = false;
            for (int i = 0; i < 3000 && !hasEnded; i++)
            {
                hasEnded = await Task.WhenAny(poller, Task.Delay(20)) == poller;
                _ = hasEnded ? 0 : tgkill(Environment.ProcessId, thread, SIGCONT);
            }

            await poller;
            hasEnded.Should().BeTrue("it ended while signals still came");
            result.Should().Be(0);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [LibraryImport("libc")]
    private static partial int gettid();

    [LibraryImport("libc")]
    private static partial int tgkill(int process, int thread, int signal);
}
