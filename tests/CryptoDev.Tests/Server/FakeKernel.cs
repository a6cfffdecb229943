using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using CryptoDev.Server.Cuse;

namespace CryptoDev.Tests.Server;

/// <summary>Plays the kernel's part of /dev/cuse over a socket that keeps messages apart, towards a real connection and emulator.</summary>
internal sealed unsafe partial class FakeKernel : IDisposable
{
    /// <summary>A bound for what must come, on a machine however busy.</summary>
    public static int PatienceMilliseconds => Patience.Milliseconds;

    private readonly SafeFileDescriptorHandle _end;
    private readonly CuseChannel _channel;
    private readonly DevCryptoEmulator _emulator;
    private readonly HashSet<ulong> _signals = [];
    private ulong _unique = 2;

    public FakeKernel(CuseFrontEndOptions? options = null, DevCryptoEmulatorOptions? emulator = null)
    {
        int* ends = stackalloc int[2];
        if (socketpair(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0, ends) != 0)
        {
            throw new InvalidOperationException($"socketpair: {Errno.Last()}");
        }

        _end = new SafeFileDescriptorHandle(ends[0]);
        _channel = new CuseChannel(new SafeFileDescriptorHandle(ends[1]));
        _emulator = new DevCryptoEmulator(emulator ?? new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly });
        Connection = new CuseConnection(_channel, _emulator, options ?? new CuseFrontEndOptions(), Log.Add);
        Connection.Start();
    }

    public CuseConnection Connection { get; }

    public EmulatorStatistics Statistics => _emulator.Statistics;

    public List<string> Log { get; } = [];

    /// <summary>Sends a request; its number.</summary>
    public ulong Send<T>(uint opcode, uint pid, in T body, ReadOnlySpan<byte> data = default)
        where T : unmanaged
    {
        ulong unique = Interlocked.Add(ref _unique, 2);
        byte[] request = new byte[sizeof(fuse_in_header) + sizeof(T) + data.Length];
        MemoryMarshal.Write(
            request,
            new fuse_in_header
            {
                len = (uint)request.Length,
                opcode = opcode,
                unique = unique,
                pid = pid,
            }
        );
        MemoryMarshal.Write(request.AsSpan(sizeof(fuse_in_header)), in body);
        data.CopyTo(request.AsSpan(sizeof(fuse_in_header) + sizeof(T)));
        fixed (byte* start = request)
        {
            if (LibC.send(_end.Descriptor, start, (nuint)request.Length, LibC.MSG_NOSIGNAL) != request.Length)
            {
                throw new InvalidOperationException($"send: {Errno.Last()}");
            }
        }

        return unique;
    }

    /// <summary>The next answer, whichever request it is for; that a signal came too late for its request is not told.</summary>
    public (fuse_out_header Header, byte[] Body) Receive()
    {
        (fuse_out_header Header, byte[] Body) answer;
        do
        {
            answer = ReceiveAny();
        } while (_signals.Contains(answer.Header.unique));
        return answer;
    }

    private (fuse_out_header Header, byte[] Body) ReceiveAny()
    {
        pollfd ready = new() { fd = _end.Descriptor, events = LibC.POLLIN };
        if (LibC.poll(&ready, 1, PatienceMilliseconds) != 1)
        {
            throw new TimeoutException("The server did not answer.");
        }

        byte[] buffer = new byte[CuseChannel.BufferLength];
        nint count;
        fixed (byte* start = buffer)
        {
            count = LibC.recv(_end.Descriptor, start, (nuint)buffer.Length, 0);
        }

        if (count < sizeof(fuse_out_header))
        {
            throw new InvalidOperationException($"An answer of {count} bytes.");
        }

        fuse_out_header header = MemoryMarshal.Read<fuse_out_header>(buffer);
        return header.len == count
            ? (header, buffer[sizeof(fuse_out_header)..(int)count])
            : throw new InvalidOperationException($"An answer of {count} bytes says it has {header.len}.");
    }

    /// <summary>Whether an answer comes within a time.</summary>
    public bool Answers(int milliseconds)
    {
        pollfd ready = new() { fd = _end.Descriptor, events = LibC.POLLIN };
        return LibC.poll(&ready, 1, milliseconds) == 1;
    }

    /// <summary>One request and its answer, with nothing allocated here.</summary>
    public void Exchange(ReadOnlySpan<byte> request, Span<byte> answer)
    {
        fixed (
            byte* sent = request,
                received = answer
        )
        {
            if (
                LibC.send(_end.Descriptor, sent, (nuint)request.Length, LibC.MSG_NOSIGNAL) != request.Length
                || LibC.recv(_end.Descriptor, received, (nuint)answer.Length, 0) != answer.Length
            )
            {
                throw new InvalidOperationException($"exchange: {Errno.Last()}");
            }
        }
    }

    public ulong Open()
    {
        Send(Fuse.FUSE_OPEN, 1, default(ulong));
        (fuse_out_header header, byte[] body) = Receive();
        return header.error == 0
            ? MemoryMarshal.Read<fuse_open_out>(body).fh
            : throw new InvalidOperationException($"open: {header.error}");
    }

    /// <summary>
    /// One ioctl of this process as the kernel runs it: as many rounds as the server asks for. The result, and the rounds it took. For a
    /// caller with a signal the server is told of it in each round, and once more where it says EAGAIN.
    /// </summary>
    public (int Result, int Rounds) Ioctl(ulong file, uint request, void* argument, uint pid, uint flags = 0, bool hasSignal = false)
    {
        ulong unique = Send(
            Fuse.FUSE_IOCTL,
            pid,
            new fuse_ioctl_in
            {
                fh = file,
                flags = Fuse.FUSE_IOCTL_UNRESTRICTED | flags,
                cmd = request,
                arg = (ulong)argument,
            }
        );
        fuse_ioctl_iovec[] output = [];
        bool hadInput = false;
        for (int rounds = 1; ; rounds++)
        {
            (fuse_out_header header, byte[] body) = hasSignal ? ReceiveInterrupting(unique) : Receive();
            if (header.unique != unique)
            {
                throw new InvalidOperationException($"An answer to {header.unique}, and none to {unique}.");
            }

            if (header.error != 0)
            {
                return (header.error, rounds);
            }

            fuse_ioctl_out head = MemoryMarshal.Read<fuse_ioctl_out>(body);
            ReadOnlySpan<byte> rest = body.AsSpan(sizeof(fuse_ioctl_out));
            if ((head.flags & Fuse.FUSE_IOCTL_RETRY) == 0)
            {
                Scatter(rest, output);
                return (head.result, rounds);
            }

            fuse_ioctl_iovec[] vectors = MemoryMarshal.Cast<byte, fuse_ioctl_iovec>(rest).ToArray();
            output = vectors[(int)head.in_iovs..];
            byte[] input = Gather(vectors[..(int)head.in_iovs]);
            if (hadInput && input.Length == 0)
            {
                throw new InvalidOperationException("A real kernel sends garbage now: a round without input after one with input.");
            }

            hadInput |= input.Length > 0;
            if (
                input.Length > CuseChannel.MaxTransfer
                || output.Sum(vector => (long)vector.len) > CuseChannel.MaxTransfer
                || vectors.Length > Fuse.FUSE_IOCTL_MAX_IOV
            )
            {
                return (-LibC.ENOMEM, rounds);
            }

            unique = Send(
                Fuse.FUSE_IOCTL,
                pid,
                new fuse_ioctl_in
                {
                    fh = file,
                    flags = Fuse.FUSE_IOCTL_UNRESTRICTED | flags,
                    cmd = request,
                    arg = (ulong)argument,
                    in_size = (uint)input.Length,
                    out_size = (uint)output.Sum(vector => (long)vector.len),
                },
                input
            );
        }
    }

    private (fuse_out_header Header, byte[] Body) ReceiveInterrupting(ulong unique)
    {
        (fuse_out_header Header, byte[] Body) answer;
        do
        {
            _signals.Add(Send(Fuse.FUSE_INTERRUPT, 0, new fuse_interrupt_in { unique = unique }));
            answer = ReceiveAny();
        } while (_signals.Contains(answer.Header.unique));
        return answer;
    }

    public void Dispose()
    {
        Connection.BeginStop();
        Connection.CloseFiles();
        // The other end reads nothing any more, and ends.
        _end.Dispose();
        SpinWait.SpinUntil(() => Connection.Threads == 0, PatienceMilliseconds);
        _channel.Dispose();
        _emulator.Dispose();
    }

    private static byte[] Gather(fuse_ioctl_iovec[] vectors) =>
        [.. vectors.SelectMany(vector => new ReadOnlySpan<byte>((void*)vector.@base, (int)vector.len).ToArray())];

    private static void Scatter(ReadOnlySpan<byte> data, fuse_ioctl_iovec[] vectors)
    {
        foreach (fuse_ioctl_iovec vector in vectors)
        {
            int length = Math.Min(data.Length, (int)vector.len);
            data[..length].CopyTo(new Span<byte>((void*)vector.@base, length));
            data = data[length..];
        }
    }

    [LibraryImport("libc")]
    private static partial int socketpair(int domain, int type, int protocol, int* ends);
}
