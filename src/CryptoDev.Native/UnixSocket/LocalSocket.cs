using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CryptoDev.Native;

/// <summary>Local sockets that preserve message boundaries (AF_UNIX, SOCK_SEQPACKET) and can pass descriptors.</summary>
internal static unsafe class LocalSocket
{
    /// <summary>The longest path in bytes.</summary>
    internal const int LongestPath = 107;

    private const int Backlog = 128;
    private const int ControlHead = 16;

    /// <summary>Makes a listening socket at <paramref name="path"/>. Null and the reason if that fails.</summary>
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

    /// <summary>Connects to <paramref name="path"/> without waiting. Null and the reason if that fails.</summary>
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

        // From here on the socket blocks like any other.
        _ = LibC.fcntl(socket.Descriptor, LibC.F_SETFL, 0);
        return socket;
    }

    /// <summary>Makes a pair of connected sockets.</summary>
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

    /// <summary>The credentials of the peer when it connected.</summary>
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

    /// <summary>Whether the peer was in a group as a supplementary group when it connected.</summary>
    public static bool PeerIsIn(int socket, uint group)
    {
        const int Most = 4096;
        uint* groups = stackalloc uint[Most];
        uint length = Most * sizeof(uint);
        return LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_PEERGROUPS, groups, &length) == 0
            && new ReadOnlySpan<uint>(groups, (int)(length / sizeof(uint))).Contains(group);
    }

    /// <summary>Sets an option whose value is one number.</summary>
    public static bool SetOption(int socket, int name, int value) =>
        LibC.setsockopt(socket, LibC.SOL_SOCKET, name, &value, sizeof(int)) == 0;

    /// <summary>
    /// Makes the kernel refuse descriptors that a peer sends (EPERM for the peer). Connections that a listener accepts inherit this. False:
    /// the kernel is older than Linux 6.16 and delivers them.
    /// </summary>
    public static bool RefuseDescriptors(int socket) => SetOption(socket, LibC.SO_PASSRIGHTS, 0);

    /// <summary>
    /// Waits until one of the descriptors is ready, or until the time is up. False: none is ready, or a signal came first.
    /// </summary>
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

    /// <summary>Sends one message with descriptors. The other side gets copies of them.</summary>
    public static bool Send(int socket, ReadOnlySpan<byte> message, params ReadOnlySpan<int> descriptors) =>
        SendWith(socket, message, LibC.MSG_NOSIGNAL, descriptors);

    /// <summary>As <see cref="Send(int, ReadOnlySpan{byte}, ReadOnlySpan{int})"/>, but returns false if it would have to wait.</summary>
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
    /// Receives one message. Descriptors that came with it are closed, which may block. So use it only in threads that serve this one
    /// client. 0 or less: the other side is gone.
    /// </summary>
    public static int Receive(int socket, Span<byte> message)
    {
        fixed (byte* bytes = message)
        {
            return (int)Uninterrupted.Receive(socket, bytes, (nuint)message.Length, 0);
        }
    }

    /// <summary>Receives one message into two buffers, one after the other.</summary>
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
    /// Receives one message without waiting. A message with descriptors is not received: it stays queued, and
    /// <paramref name="hasDescriptors"/> is set. Receiving it would close the descriptors, and the last close of another user's file may
    /// block for ever.
    /// </summary>
    /// <returns>The number of bytes; 0 at the end; negative if there is no message, with the reason in <paramref name="error"/>.</returns>
    public static int TryReceive(int socket, Span<byte> message, out bool hasDescriptors, out Errno error)
    {
        fixed (byte* bytes = message)
        {
            iovec piece = new() { iov_base = bytes, iov_len = (nuint)message.Length };
            msghdr head = new() { msg_iov = &piece, msg_iovlen = 1 };

            // The control buffer is empty, so the kernel only reports that control data was cut off. A peek does not drop the last
            // reference to a descriptor.
            nint length = Uninterrupted.ReceiveMessage(socket, &head, LibC.MSG_PEEK | LibC.MSG_DONTWAIT);
            error = length < 0 ? Errno.Last() : default;
            hasDescriptors = length >= 0 && (head.msg_flags & LibC.MSG_CTRUNC) != 0;
            if (length <= 0 || hasDescriptors)
            {
                return (int)length;
            }

            // No other thread reads this socket, so this is the same message.
            length = Uninterrupted.ReceiveMessage(socket, &head, LibC.MSG_DONTWAIT);
            error = length < 0 ? Errno.Last() : default;
            return (int)length;
        }
    }

    /// <summary>
    /// Empties a connection that receives nothing more. True: nothing is left, so closing it does not block. False: it holds a message with
    /// descriptors. Closing it may then block as long as the last close of another user's file takes.
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

    /// <summary>
    /// Receives one message that may bring descriptors, and returns the first of them. 0 or less: the other side is gone.
    /// </summary>
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
