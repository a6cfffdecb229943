using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// Repeats system calls that a signal interrupted. It wraps only calls that have done nothing when they return EINTR, so a repeated call
/// has the same effect as the first. Calls that change state before they can be interrupted, such as writes to a hash, are not wrapped.
/// </summary>
internal static unsafe class Uninterrupted
{
    /// <summary>send(2) of one message. A message is sent completely or not at all.</summary>
    public static nint Send(int socket, void* message, nuint length, int flags) =>
        Repeat(&CallSend, socket, (nint)message, (nint)length, flags);

    /// <summary>sendmsg(2), as <see cref="Send"/>.</summary>
    public static nint SendMessage(int socket, msghdr* message, int flags) => Repeat(&CallSendMessage, socket, (nint)message, flags, 0);

    /// <summary>recv(2). Data that was not returned stays queued.</summary>
    public static nint Receive(int socket, void* room, nuint length, int flags) =>
        Repeat(&CallReceive, socket, (nint)room, (nint)length, flags);

    /// <summary>recvmsg(2), as <see cref="Receive"/>.</summary>
    public static nint ReceiveMessage(int socket, msghdr* message, int flags) =>
        Repeat(&CallReceiveMessage, socket, (nint)message, flags, 0);

    /// <summary>
    /// ioctl(2) on a <c>/dev/crypto</c>. The kernels' own drivers wait uninterruptibly, and a served device answers EINTR only if it did
    /// nothing. So repeating is safe, for hash updates too.
    /// </summary>
    public static int Ioctl(int file, uint request, void* argument) => (int)Repeat(&CallIoctl, file, (nint)request, (nint)argument, 0);

    /// <summary>read(2). A read that was interrupted has taken nothing.</summary>
    public static nint Read(int file, void* room, nuint length) => Repeat(&CallRead, file, (nint)room, (nint)length, 0);

    /// <summary>write(2). A write that was interrupted after its first byte gives the count instead.</summary>
    public static nint Write(int file, void* bytes, nuint length) => Repeat(&CallWrite, file, (nint)bytes, (nint)length, 0);

    /// <summary>openat(2). Only an open that waits can be interrupted, and it has made nothing then.</summary>
    public static int OpenAt(int folder, byte* name, int flags, uint mode) =>
        (int)Repeat(&CallOpenAt, folder, (nint)name, flags, (nint)mode);

    /// <summary>fsync(2), which can be repeated at any time.</summary>
    public static int Sync(int file) => (int)Repeat(&CallSync, file, 0, 0, 0);

    /// <summary>
    /// poll(2) with a timeout for all repetitions together. A repetition gets only the time that is left. Otherwise repeated signals could
    /// make it wait for ever. A timeout below 0 waits without limit.
    /// </summary>
    public static int Poll(pollfd* entries, int count, int timeoutMilliseconds)
    {
        long end = timeoutMilliseconds < 0 ? long.MaxValue : Environment.TickCount64 + timeoutMilliseconds;
        return (int)Repeat(&CallPoll, (nint)entries, count, timeoutMilliseconds, (nint)(&end));
    }

    /// <summary>Makes the call until the result is anything but EINTR.</summary>
    internal static nint Repeat(delegate* <nint, nint, nint, nint, nint> call, nint one, nint two, nint three, nint four)
    {
        nint result;
        do
        {
            result = call(one, two, three, four);
        } while (result < 0 && Marshal.GetLastSystemError() == LibC.EINTR);

        return result;
    }

    private static nint CallSend(nint socket, nint message, nint length, nint flags) =>
        LibC.send((int)socket, (void*)message, (nuint)length, (int)flags);

    private static nint CallSendMessage(nint socket, nint message, nint flags, nint unused) =>
        LibC.sendmsg((int)socket, (msghdr*)message, (int)flags);

    private static nint CallReceive(nint socket, nint room, nint length, nint flags) =>
        LibC.recv((int)socket, (void*)room, (nuint)length, (int)flags);

    private static nint CallReceiveMessage(nint socket, nint message, nint flags, nint unused) =>
        LibC.recvmsg((int)socket, (msghdr*)message, (int)flags);

    private static nint CallIoctl(nint file, nint request, nint argument, nint unused) =>
        LibC.ioctl((int)file, (uint)request, (void*)argument);

    private static nint CallRead(nint file, nint room, nint length, nint unused) => LibC.read((int)file, (void*)room, (nuint)length);

    private static nint CallWrite(nint file, nint bytes, nint length, nint unused) => LibC.write((int)file, (void*)bytes, (nuint)length);

    private static nint CallOpenAt(nint folder, nint name, nint flags, nint mode) =>
        LibC.openat((int)folder, (byte*)name, (int)flags, (uint)mode);

    private static nint CallSync(nint file, nint unused1, nint unused2, nint unused3) => LibC.fsync((int)file);

    private static nint CallPoll(nint entries, nint count, nint timeout, nint end)
    {
        int left = timeout < 0 ? -1 : (int)Math.Clamp(*(long*)end - Environment.TickCount64, 0, timeout);
        return LibC.poll((pollfd*)entries, (nuint)count, left);
    }
}
