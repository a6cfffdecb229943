using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CryptoDev.Ioctl;
using CryptoDev.Native;

namespace CryptoDev.Server.Cuse;

/// <summary>
/// The caller of the ioctl that one worker runs: its memory, and its one outstanding request in the kernel. The worker reuses this object
/// for each ioctl.
/// </summary>
/// <remarks>
/// Direct transfer: the caller is blocked in the request until it is answered, so its thread id cannot mean another process. Transfer by
/// retry: to get a piece of input, the server answers the request with a retry, and the kernel sends the request again with that piece.
/// Another worker reads that request and hands it over here. Output is kept and sent with the last answer.
/// </remarks>
internal sealed class CuseCaller : IUserProcess
{
    private readonly CuseChannel _channel;
    private readonly RetryExchange _exchange;
    private readonly CuseCounters _counters;
    private readonly Action<string>? _log;
    private readonly bool _retryOnly;
    private readonly List<fuse_ioctl_iovec> _output = [];
    private readonly byte[] _answer = new byte[
        Unsafe.SizeOf<fuse_ioctl_out>() + (Fuse.FUSE_IOCTL_MAX_IOV * Unsafe.SizeOf<fuse_ioctl_iovec>())
    ];
    private byte[] _outputBytes = [];
    private int _outputLength;
    private bool _retry;
    private bool _entered;
    private bool _tooLarge;
    private bool _fetched;
    private ulong _fetchedFrom;

    public CuseCaller(CuseChannel channel, RetryExchange exchange, CuseCounters counters, CuseTransfer transfer, Action<string>? log)
    {
        _channel = channel;
        _exchange = exchange;
        _counters = counters;
        _retryOnly = transfer == CuseTransfer.Retry;
        _log = log;
    }

    public WordSize WordSize { get; private set; }

    /// <summary>Identifies the caller in the exchange.</summary>
    public CallerKey Key { get; private set; }

    /// <summary>The number of the outstanding request. Each retry changes it.</summary>
    public ulong Unique { get; private set; }

    /// <summary>Passes a signal of the caller to the emulator.</summary>
    public InterruptSlot Interrupts { get; } = new();

    /// <summary>The exchange's state while it waits for the caller's next request.</summary>
    public RetryArrival Arrival { get; } = new();

    /// <summary>The caller is gone, or gave a bad address. There is no request left to answer.</summary>
    public bool Lost { get; private set; }

    public void Begin(in fuse_in_header header, in fuse_ioctl_in ioctl)
    {
        Unique = header.unique;
        WordSize = (ioctl.flags & Fuse.FUSE_IOCTL_32BIT) != 0 ? WordSize.ILP32 : WordSize.LP64;
        Key = CallerKey.Of(header, ioctl);
        _retry = _retryOnly || header.pid == 0;
        _entered = false;
        _tooLarge = false;
        _fetched = false;
        Lost = false;
    }

    public bool CopyIn(ulong address, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return true;
        }

        if (!_retry)
        {
            int error = ProcessMemory.Read((int)Key.Thread, address, destination);
            if (!MustRetry(error))
            {
                return error == 0;
            }
        }

        for (int done = 0; done < destination.Length; )
        {
            int piece = Math.Min(destination.Length - done, CuseChannel.MaxTransfer);
            if (!Fetch(address + (ulong)done, destination.Slice(done, piece)))
            {
                return false;
            }

            done += piece;
        }

        OverlayOwnOutput(address, destination);
        return true;
    }

    public bool CopyOut(ReadOnlySpan<byte> source, ulong address)
    {
        if (source.IsEmpty)
        {
            return true;
        }

        if (!_retry)
        {
            int error = ProcessMemory.Write((int)Key.Thread, source, address);
            if (!MustRetry(error))
            {
                return error == 0;
            }
        }

        if (Lost || _tooLarge || _outputLength + source.Length > CuseChannel.MaxTransfer || _output.Count == Fuse.FUSE_IOCTL_MAX_IOV)
        {
            _tooLarge |= !Lost;
            return false;
        }

        if (_outputBytes.Length == 0)
        {
            _outputBytes = GC.AllocateUninitializedArray<byte>(CuseChannel.MaxTransfer, pinned: true);
        }

        source.CopyTo(_outputBytes.AsSpan(_outputLength));
        _outputLength += source.Length;
        _output.Add(new fuse_ioctl_iovec { @base = address, len = (ulong)source.Length });
        return true;
    }

    public bool CanInstallDescriptors => false;

    public bool IsGone => Lost || (Key.Thread != 0 && CallerLife.IsKilled(Key.Thread));

    /// <summary>The server cannot install a descriptor in another process.</summary>
    public int InstallDescriptor(EmulatedFile file) => -LibC.EOPNOTSUPP;

    /// <summary>Answers the ioctl and delivers the output that was kept.</summary>
    public void Finish(int result)
    {
        if (_tooLarge && !Lost)
        {
            Interlocked.Increment(ref _counters.OutputsTooLarge);
            _log?.Invoke(
                $"caller {Key.Thread}: output of more than {CuseChannel.MaxTransfer} bytes, or {Fuse.FUSE_IOCTL_MAX_IOV} "
                    + "pieces, needs direct access to its memory: ENOMEM"
            );
            result = -LibC.ENOMEM;
            DropOutput();
        }

        if (_output.Count > 0 && !Lost)
        {
            // Linux (6.1 and before, at least) sends garbage instead of the ioctl when a round without input follows one with input. It
            // still takes the ioctl's header from the input pages. To avoid that, ask for one input byte that is known to be readable.
            ReadOnlySpan<fuse_ioctl_iovec> input = _fetched ? [new fuse_ioctl_iovec { @base = _fetchedFrom, len = 1 }] : [];
            Ask(input, CollectionsMarshal.AsSpan(_output), input.Length, _outputLength);
        }

        if (!Lost)
        {
            fuse_ioctl_out answer = new() { result = result };
            _ = _channel.Answer(
                Unique,
                0,
                MemoryMarshal.AsBytes(new ReadOnlySpan<fuse_ioctl_out>(in answer)),
                _outputBytes.AsSpan(0, _outputLength)
            );
        }

        DropOutput();
        if (_entered)
        {
            _exchange.Leave(this);
        }
    }

    private bool MustRetry(int error)
    {
        // EPERM: the rules of ptrace(2) forbid it. ENOSYS: a seccomp filter blocks the call, or the kernel does not have it.
        if (error is not (LibC.EPERM or LibC.ENOSYS))
        {
            return false;
        }

        _log?.Invoke($"caller {Key.Thread}: direct access to its memory is refused ({new Errno(error).Name}); going on by retry");
        _retry = true;
        return true;
    }

    private bool Fetch(ulong address, Span<byte> destination)
    {
        if (Lost)
        {
            return false;
        }

        Ask([new fuse_ioctl_iovec { @base = address, len = (ulong)destination.Length }], [], destination.Length, 0);
        if (Lost)
        {
            return false;
        }

        _fetched = true;
        _fetchedFrom = address;

        // Clear the buffer: it may hold keys or plaintext and is used for the next request.
        Span<byte> input = Arrival.Input;
        input.CopyTo(destination);
        CryptographicOperations.ZeroMemory(input);
        return true;
    }

    // One round: answers with RETRY and waits for the next request of the same caller. If the caller gave a bad address, the kernel returns
    // EFAULT to it and does not tell the server. That caller counts as lost too.
    private void Ask(ReadOnlySpan<fuse_ioctl_iovec> input, ReadOnlySpan<fuse_ioctl_iovec> output, int inputLength, int outputLength)
    {
        if (!_entered)
        {
            _entered = _exchange.Enter(this);
        }

        int length = CuseCodec.WriteRetry(_answer, input, output);
        _exchange.Expect(this, inputLength, outputLength);
        Interlocked.Increment(ref _counters.RetryRounds);
        if (_entered && _channel.Answer(Unique, 0, _answer.AsSpan(0, length)) >= 0 && _exchange.Await(this))
        {
            Unique = Arrival.Unique;
            return;
        }

        Lost = true;
        Interlocked.Increment(ref _counters.CallersLost);
    }

    // Output is kept until the end. A kernel would have written it at once, so a later read must see it.
    private void OverlayOwnOutput(ulong address, Span<byte> destination)
    {
        int at = 0;
        foreach (fuse_ioctl_iovec piece in _output)
        {
            ulong start = Math.Max(address, piece.@base);
            ulong end = Math.Min(address + (ulong)destination.Length, piece.@base + piece.len);
            if (start < end)
            {
                _outputBytes.AsSpan(at + (int)(start - piece.@base), (int)(end - start)).CopyTo(destination[(int)(start - address)..]);
            }

            at += (int)piece.len;
        }
    }

    private void DropOutput()
    {
        CryptographicOperations.ZeroMemory(_outputBytes.AsSpan(0, _outputLength));
        _outputLength = 0;
        _output.Clear();
    }
}
