using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CryptoDev.Native;

/// <summary>Local sockets that keep messages apart (AF_UNIX, SOCK_SEQPACKET), with descriptors passed along.</summary>
internal static unsafe class LocalSocket
{
    /// <summary>Bytes of the longest path.</summary>
    internal const int LongestPath = 107;

    private const int Backlog = 128;
    private const int ControlHead = 16;

    /// <summary>A listening socket at <paramref name="path"/>; null and the reason when it cannot be.</summary>
    public static SafeFileDescriptorHandle? Listen(string path, out Errno error)
    {
        SafeFileDescriptorHandle? socket = SafeFileDescriptorHandle.OpenSocket(
            LibC.AF_UNIX,
            LibC.SOCK_SEQPACKET | LibC.SOCK_NONBLOCK,
            0,
            out error
        );
        if (socket is null)
        {
            return null;
        }

        sockaddr_un address = Address(path);
        if (LibC.bind(socket.Descriptor, &address, (uint)sizeof(sockaddr_un)) == 0 && LibC.listen(socket.Descriptor, Backlog) == 0)
        {
            return socket;
        }

        error = Errno.Last();
        socket.Dispose();
        return null;
    }

    /// <summary>A connection to <paramref name="path"/>, without waiting; null and the reason when there is none.</summary>
    public static SafeFileDescriptorHandle? Connect(string path, out Errno error)
    {
        SafeFileDescriptorHandle? socket = SafeFileDescriptorHandle.OpenSocket(
            LibC.AF_UNIX,
            LibC.SOCK_SEQPACKET | LibC.SOCK_NONBLOCK,
            0,
            out error
        );
        if (socket is null)
        {
            return null;
        }

        sockaddr_un address = Address(path);
        if (LibC.connect(socket.Descriptor, &address, (uint)sizeof(sockaddr_un)) != 0)
        {
            error = Errno.Last();
            socket.Dispose();
            return null;
        }

        // From here on it waits like any other.
        _ = LibC.fcntl(socket.Descriptor, LibC.F_SETFL, 0);
        return socket;
    }

    /// <summary>Two ends of one connection.</summary>
    public static bool TryPair(
        [NotNullWhen(true)] out SafeFileDescriptorHandle? one,
        [NotNullWhen(true)] out SafeFileDescriptorHandle? other
    )
    {
        int* ends = stackalloc int[2];
        one = other = null;
        if (LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0, ends) != 0)
        {
            return false;
        }

        one = new SafeFileDescriptorHandle(ends[0]);
        other = new SafeFileDescriptorHandle(ends[1]);
        return true;
    }

    /// <summary>Who connected.</summary>
    public static ucred Peer(int socket)
    {
        ucred peer = new()
        {
            pid = 0,
            uid = uint.MaxValue,
            gid = uint.MaxValue,
        };
        uint length = (uint)sizeof(ucred);
        _ = LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_PEERCRED, &peer, &length);
        return peer;
    }

    /// <summary>Whether who connected was in a group besides its first one.</summary>
    public static bool PeerIsIn(int socket, uint group)
    {
        const int Most = 4096;
        uint* groups = stackalloc uint[Most];
        uint length = Most * sizeof(uint);
        return LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_PEERGROUPS, groups, &length) == 0
            && new ReadOnlySpan<uint>(groups, (int)(length / sizeof(uint))).Contains(group);
    }

    /// <summary>Sets an option that is one number.</summary>
    public static bool SetOption(int socket, int name, int value) =>
        LibC.setsockopt(socket, LibC.SOL_SOCKET, name, &value, sizeof(int)) == 0;

    /// <summary>Waits until one of them has something, or so long; false when nothing has, or a signal came first.</summary>
    public static bool Wait(Span<pollfd> entries, int milliseconds)
    {
        fixed (pollfd* first = entries)
        {
            return LibC.poll(first, (nuint)entries.Length, milliseconds) > 0;
        }
    }

    /// <summary>Sends one message. False: the other side is gone.</summary>
    public static bool Send(int socket, ReadOnlySpan<byte> message)
    {
        fixed (byte* bytes = message)
        {
            return Uninterrupted.Send(socket, bytes, (nuint)message.Length, LibC.MSG_NOSIGNAL) == message.Length;
        }
    }

    /// <summary>Sends one message with descriptors, which the other side gets copies of.</summary>
    public static bool Send(int socket, ReadOnlySpan<byte> message, params ReadOnlySpan<int> descriptors) =>
        SendWith(socket, message, LibC.MSG_NOSIGNAL, descriptors);

    /// <summary>As <see cref="Send(int, ReadOnlySpan{byte}, ReadOnlySpan{int})"/>, and false where it would have to wait.</summary>
    public static bool TrySend(int socket, ReadOnlySpan<byte> message, params ReadOnlySpan<int> descriptors) =>
        SendWith(socket, message, LibC.MSG_NOSIGNAL | LibC.MSG_DONTWAIT, descriptors);

    private static bool SendWith(int socket, ReadOnlySpan<byte> message, int flags, ReadOnlySpan<int> descriptors)
    {
        int space = ControlHead + ((descriptors.Length * sizeof(int) + 7) & ~7);
        byte* control = stackalloc byte[space];
        new Span<byte>(control, space).Clear();
        cmsghdr* header = (cmsghdr*)control;
        header->cmsg_len = (nuint)(ControlHead + (descriptors.Length * sizeof(int)));
        header->cmsg_level = LibC.SOL_SOCKET;
        header->cmsg_type = LibC.SCM_RIGHTS;
        descriptors.CopyTo(new Span<int>(control + ControlHead, descriptors.Length));
        fixed (byte* bytes = message)
        {
            iovec piece = new() { iov_base = bytes, iov_len = (nuint)message.Length };
            msghdr head = new()
            {
                msg_iov = &piece,
                msg_iovlen = 1,
                msg_control = descriptors.IsEmpty ? null : control,
                msg_controllen = descriptors.IsEmpty ? 0 : (nuint)space,
            };
            return Uninterrupted.SendMessage(socket, &head, flags) == message.Length;
        }
    }

    /// <summary>
    /// Takes one message. Descriptors that came with it are dropped, which may wait: only for threads that serve this one client. 0 or
    /// less: the other side is gone.
    /// </summary>
    public static int Receive(int socket, Span<byte> message)
    {
        fixed (byte* bytes = message)
        {
            return (int)Uninterrupted.Receive(socket, bytes, (nuint)message.Length, 0);
        }
    }

    /// <summary>Takes one message into two places, one after the other.</summary>
    public static int Receive(int socket, Span<byte> head, Span<byte> body)
    {
        fixed (byte* first = head)
        {
            fixed (byte* second = body)
            {
                iovec* pieces = stackalloc iovec[2];
                pieces[0] = new iovec { iov_base = first, iov_len = (nuint)head.Length };
                pieces[1] = new iovec { iov_base = second, iov_len = (nuint)body.Length };
                msghdr message = new() { msg_iov = pieces, msg_iovlen = 2 };
                return (int)Uninterrupted.ReceiveMessage(socket, &message, 0);
            }
        }
    }

    /// <summary>
    /// Takes one message without waiting, and never one that brings descriptors: that one stays where it is, and
    /// <paramref name="hasDescriptors"/> tells. To take it would drop them, and the last close of a stranger's file may wait for ever.
    /// </summary>
    /// <returns>The message's bytes; 0 at the end; less where there is none, and <paramref name="error"/> tells.</returns>
    public static int TryReceive(int socket, Span<byte> message, out bool hasDescriptors, out Errno error)
    {
        fixed (byte* bytes = message)
        {
            iovec piece = new() { iov_base = bytes, iov_len = (nuint)message.Length };
            msghdr head = new() { msg_iov = &piece, msg_iovlen = 1 };

            // Without room for control data the kernel says that there was some. A look takes no last reference to it.
            nint length = Uninterrupted.ReceiveMessage(socket, &head, LibC.MSG_PEEK | LibC.MSG_DONTWAIT);
            error = length < 0 ? Errno.Last() : default;
            hasDescriptors = length >= 0 && (head.msg_flags & LibC.MSG_CTRUNC) != 0;
            if (length <= 0 || hasDescriptors)
            {
                return (int)length;
            }

            // Nobody else reads here, so this is the same message.
            length = Uninterrupted.ReceiveMessage(socket, &head, LibC.MSG_DONTWAIT);
            error = length < 0 ? Errno.Last() : default;
            return (int)length;
        }
    }

    /// <summary>
    /// Empties a connection that takes nothing more. True: nothing is left in it, so closing it does not wait. False: a message with
    /// descriptors is, and who closes it may wait as long as a stranger's file likes.
    /// </summary>
    public static bool TryEmpty(int socket)
    {
        Span<byte> message = stackalloc byte[16];
        _ = LibC.shutdown(socket, LibC.SHUT_RDWR);
        while (true)
        {
            int length = TryReceive(socket, message, out bool hasDescriptors, out _);
            if (hasDescriptors || length <= 0)
            {
                return !hasDescriptors;
            }
        }
    }

    /// <summary>Takes one message that may bring descriptors; gives the first of them. 0 or less: the other side is gone.</summary>
    public static int Receive(int socket, Span<byte> message, out SafeFileDescriptorHandle? descriptor)
    {
        const int Space = ControlHead + (4 * sizeof(int));
        byte* control = stackalloc byte[Space];
        descriptor = null;
        fixed (byte* bytes = message)
        {
            iovec piece = new() { iov_base = bytes, iov_len = (nuint)message.Length };
            msghdr head = new()
            {
                msg_iov = &piece,
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = Space,
            };
            nint length = Uninterrupted.ReceiveMessage(socket, &head, LibC.MSG_CMSG_CLOEXEC);
            cmsghdr* header = (cmsghdr*)control;
            bool brings =
                length >= 0
                && head.msg_controllen >= ControlHead
                && header->cmsg_level == LibC.SOL_SOCKET
                && header->cmsg_type == LibC.SCM_RIGHTS;
            int count = brings ? (int)((header->cmsg_len - ControlHead) / sizeof(int)) : 0;
            for (int index = 0; index < count; index++)
            {
                SafeFileDescriptorHandle came = new(((int*)(control + ControlHead))[index]);
                if (descriptor is null)
                {
                    descriptor = came;
                }
                else
                {
                    came.Dispose();
                }
            }

            return (int)length;
        }
    }

    private static sockaddr_un Address(string path)
    {
        sockaddr_un address = new() { sun_family = LibC.AF_UNIX };
        Span<byte> bytes = address.sun_path;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Encoding.UTF8.GetByteCount(path), LongestPath, nameof(path));
        Encoding.UTF8.GetBytes(path, bytes);
        return address;
    }
}
