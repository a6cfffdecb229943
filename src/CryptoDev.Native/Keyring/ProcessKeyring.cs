namespace CryptoDev.Native;

/// <summary>
/// The keyring of this process for keys that outlive a call. It is the thread keyring of a thread that does nothing else. So the kernel
/// deletes every key with the process, no matter how the process ends. The process keyring would not work: threads that existed before it
/// was created do not see it. The keyring of another thread would be deleted with that thread.
/// </summary>
internal static class ProcessKeyring
{
    // The possessor may do everything. The user may view, search and write, because no thread but the holder possesses the keyring.
    private const int Permissions =
        KeyPermission.KEY_POS_ALL | KeyPermission.KEY_USR_VIEW | KeyPermission.KEY_USR_SEARCH | KeyPermission.KEY_USR_WRITE;

    private static readonly Lock s_lock = new();
    private static int s_serial;

    /// <summary>The serial number of the keyring, or -1 and the error.</summary>
    public static int Serial(out Errno error)
    {
        lock (s_lock)
        {
            error = default;
            if (s_serial <= 0)
            {
                s_serial = Start(out error);
            }

            return s_serial;
        }
    }

    private static int Start(out Errno error)
    {
        int serial = -1;
        Errno failure = default;
        using ManualResetEventSlim ready = new();
        Thread holder = new(
            () =>
            {
                serial = (int)LibC.keyctl(LibC.KEYCTL_GET_KEYRING_ID, LibC.KEY_SPEC_THREAD_KEYRING, 1, 0, 0);
                if (serial < 0 || LibC.keyctl(LibC.KEYCTL_SETPERM, serial, Permissions, 0, 0) < 0)
                {
                    failure = Errno.Last();
                    serial = -1;
                }

                bool holds = serial > 0;
                ready.Set();
                if (holds)
                {
                    Thread.Sleep(Timeout.Infinite);
                }
            },
            64 * 1024
        )
        {
            IsBackground = true,
            Name = "cryptodev keys",
        };
        holder.Start();
        ready.Wait();
        error = failure;
        return serial;
    }
}
