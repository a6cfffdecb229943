using System.Diagnostics;
using CryptoDev.Native;

namespace CryptoDev.Ioctl;

/// <summary>
/// A channel to an emulated device in this process. On cryptodev-linux CRIOGET duplicates a file. The file then has several channels and is
/// closed with the last of them.
/// </summary>
internal sealed unsafe class EmulatedChannel : DeviceChannel
{
    private readonly OpenFile _open;
    private readonly OwnProcess _process;

    public EmulatedChannel(EmulatedFile file, OwnProcess process)
        : this(new OpenFile(file), process) { }

    private EmulatedChannel(OpenFile open, OwnProcess process)
    {
        _open = open;
        _process = process;
        open.AddChannel();
        SetHandle(0);
    }

    /// <summary>Opens an emulated device. If it cannot, returns null and the error.</summary>
    public static EmulatedChannel? Open(DevCryptoEmulator emulator, bool trusted, out Errno error)
    {
        error = new Errno(emulator.Open(out EmulatedFile? file));
        return file is null ? null : new EmulatedChannel(file, new OwnProcess(trusted));
    }

    public override int Ioctl(uint request, void* argument) => _open.File.Ioctl(request, (ulong)argument, _process);

    public override int Poll(short events, int timeoutMilliseconds)
    {
        using ManualResetEventSlim changed = new();
        Action notify = changed.Set;
        _open.File.PollChanged += notify;
        try
        {
            long end = timeoutMilliseconds < 0 ? long.MaxValue : Environment.TickCount64 + timeoutMilliseconds;
            while (true)
            {
                changed.Reset();
                int ready = _open.File.Poll() & events;
                long left = end - Environment.TickCount64;
                if (ready != 0 || left <= 0)
                {
                    return ready;
                }

                changed.Wait((int)Math.Min(left, int.MaxValue));
            }
        }
        finally
        {
            _open.File.PollChanged -= notify;
        }
    }

    public override DeviceChannel? Adopt(int descriptor)
    {
        if (_process.Take(descriptor) is not { } file)
        {
            return null;
        }

        return ReferenceEquals(file, _open.File) ? new EmulatedChannel(_open, _process) : new EmulatedChannel(file, _process);
    }

    protected override bool ReleaseHandle()
    {
        _open.RemoveChannel();
        return true;
    }

    /// <summary>An open file with the number of its channels.</summary>
    private sealed class OpenFile(EmulatedFile file)
    {
        private int _channels;

        public EmulatedFile File => file;

        public void AddChannel() => Interlocked.Increment(ref _channels);

        public void RemoveChannel()
        {
            int left = Interlocked.Decrement(ref _channels);
            Debug.Assert(left >= 0, "A channel is released once.");
            if (left == 0)
            {
                file.Dispose();
            }
        }
    }
}
