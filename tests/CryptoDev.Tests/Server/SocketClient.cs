using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using CryptoDev.Server.Socket;

namespace CryptoDev.Tests.Server;

/// <summary>A server on a socket of its own, and what a client of it can do right and wrong. Memory is a dictionary of places.</summary>
internal sealed class SocketClient : IDisposable
{
    private readonly DevCryptoEmulator _emulator;

    public SocketClient(
        SocketFrontEndOptions? options = null,
        DevCryptoEmulatorOptions? emulator = null,
        Action<Thread>? startThread = null,
        TimeSpan? helloPatience = null,
        bool refusesDescriptors = false
    )
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"cryptodev-{Guid.NewGuid():N}.sock");
        _emulator = new DevCryptoEmulator(emulator ?? new DevCryptoEmulatorOptions { Policy = DriverPolicy.SoftwareOnly });
        FrontEnd = new SocketFrontEnd(
            _emulator,
            (options ?? new SocketFrontEndOptions()) with
            {
                Path = Path,
                Dialect = _emulator.Options.Dialect,
            },
            Log.Enqueue
        )
        {
            StartThread = startThread ?? (static thread => thread.Start()),
            RefusesDescriptors = refusesDescriptors,
            HelloPatience = helloPatience ?? TimeSpan.FromMilliseconds(FakeKernel.PatienceMilliseconds),
        };
        FrontEnd.Start();
    }

    public string Path { get; }

    public ConcurrentQueue<string> Log { get; } = new();

    public SocketFrontEnd FrontEnd { get; }

    public long Counter(string name) => FrontEnd.Counters.Single(counter => counter.Name == name).Value;

    public SafeFileDescriptorHandle Connect() => LocalSocket.Connect(Path, out _)!;

    /// <summary>What a client says to get a channel.</summary>
    public static byte[] Hello(byte type, int version = ShimProtocol.CDS_VERSION)
    {
        cds_hello hello = new()
        {
            magic = ShimProtocol.CDS_MAGIC,
            version = (ushort)version,
            type = type,
        };
        return MemoryMarshal.AsBytes(new ReadOnlySpan<cds_hello>(in hello)).ToArray();
    }

    /// <summary>Asks for a channel; the channel, which is invalid where the server gives none, and what it said.</summary>
    public static SafeFileDescriptorHandle AddChannel(SafeFileDescriptorHandle control, byte type, out int result)
    {
        Send(control, Hello(type));
        return TakeChannel(control, out result);
    }

    /// <summary>Takes the answer to a hello.</summary>
    public static SafeFileDescriptorHandle TakeChannel(SafeFileDescriptorHandle control, out int result)
    {
        byte[] message = new byte[256];
        int length = LocalSocket.Receive(control.Descriptor, message, out SafeFileDescriptorHandle? channel);
        result = length > 0 ? MemoryMarshal.Read<cds_reply>(message).result : -LibC.ENOTCONN;
        return channel ?? new SafeFileDescriptorHandle(-1);
    }

    /// <summary>Whether somebody else is served; a server that hangs makes it fail after a long time.</summary>
    public async Task<int> OpensAsync()
    {
        Task<int> opening = Task.Factory.StartNew(
            () =>
            {
                using SafeFileDescriptorHandle control = Connect();
                using SafeFileDescriptorHandle channel = AddChannel(control, ShimProtocol.CDS_OPEN, out int result);
                return result;
            },
            TaskCreationOptions.LongRunning
        );
        return await opening.WaitAsync(TimeSpan.FromMilliseconds(FakeKernel.PatienceMilliseconds));
    }

    /// <summary>
    /// One ioctl. What the server writes, and what it asks for, is answered from <paramref name="memory"/>. A client that does not read the
    /// results leaves at the result's number, while the server still has what it could not send.
    /// </summary>
    public static int Ioctl(
        SafeFileDescriptorHandle channel,
        uint request,
        ulong argument,
        Dictionary<ulong, byte[]> memory,
        bool sendsAll,
        bool readsResults = true
    )
    {
        List<cds_segment> segments = [];
        List<byte> input = [];
        foreach ((ulong address, byte[] bytes) in memory.Where(_ => sendsAll).OrderBy(pair => pair.Key != argument))
        {
            segments.Add(
                new cds_segment
                {
                    address = address,
                    length = (uint)bytes.Length,
                    flags = ShimProtocol.CDS_IN | ShimProtocol.CDS_OUT,
                }
            );
            input.AddRange(bytes);
        }

        cds_call call = new()
        {
            type = ShimProtocol.CDS_IOCTL,
            request = request,
            argument = argument,
            segments = (uint)segments.Count,
            word_size = 8,
        };
        Send(
            channel,
            [
                .. MemoryMarshal.AsBytes(new ReadOnlySpan<cds_call>(in call)),
                .. MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(segments)),
                .. input,
            ]
        );
        byte[] message = new byte[2 * ShimProtocol.CDS_MESSAGE];
        int head = Marshal.SizeOf<cds_reply>();
        while (true)
        {
            int length = LocalSocket.Receive(channel.Descriptor, message);
            if (length < head)
            {
                return -LibC.ENOTCONN;
            }

            cds_reply reply = MemoryMarshal.Read<cds_reply>(message);
            if (reply.type == ShimProtocol.CDS_NEED)
            {
                Answer(channel, memory, reply);
                continue;
            }

            // Rooms are filled in the order in which they were offered.
            Span<byte> body = message.AsSpan(head, (int)reply.length);
            foreach (cds_segment segment in segments)
            {
                Span<byte> part = body[..Math.Min(body.Length, (int)segment.length)];
                part.CopyTo(memory[segment.address]);
                body = body[part.Length..];
            }

            for (uint batch = 0; readsResults && batch < reply.count; batch++)
            {
                LocalSocket.Receive(channel.Descriptor, message);
                Take(memory, message);
            }

            return reply.result;
        }
    }

    public static void Send(SafeFileDescriptorHandle socket, ReadOnlySpan<byte> message) => LocalSocket.Send(socket.Descriptor, message);

    public void Dispose()
    {
        FrontEnd.Dispose();
        _emulator.Dispose();
    }

    private static void Answer(SafeFileDescriptorHandle channel, Dictionary<ulong, byte[]> memory, cds_reply need)
    {
        (ulong start, byte[] bytes) = memory.FirstOrDefault(pair =>
            need.address >= pair.Key && need.address + need.length <= pair.Key + (ulong)pair.Value.Length
        );
        cds_answer answer = new() { type = bytes is null ? ShimProtocol.CDS_FAULT : ShimProtocol.CDS_DATA, size = need.length };
        Send(
            channel,
            [
                .. MemoryMarshal.AsBytes(new ReadOnlySpan<cds_answer>(in answer)),
                .. bytes is null ? [] : bytes.AsSpan((int)(need.address - start), (int)need.length),
            ]
        );
    }

    private static void Take(Dictionary<ulong, byte[]> memory, byte[] message)
    {
        cds_reply reply = MemoryMarshal.Read<cds_reply>(message);
        int head = Marshal.SizeOf<cds_reply>();
        ReadOnlySpan<cds_segment> table = MemoryMarshal.Cast<byte, cds_segment>(
            message.AsSpan(head, (int)reply.count * Marshal.SizeOf<cds_segment>())
        );
        int at = head + ((int)reply.count * Marshal.SizeOf<cds_segment>());
        foreach (cds_segment segment in table)
        {
            (ulong start, byte[] bytes) = memory.First(pair =>
                segment.address >= pair.Key && segment.address < pair.Key + (ulong)pair.Value.Length
            );
            message.AsSpan(at, (int)segment.length).CopyTo(bytes.AsSpan((int)(segment.address - start)));
            at += (int)segment.length;
        }
    }
}
