using System.Runtime.CompilerServices;
using CryptoDev.Native;

namespace CryptoDev.Server.Cuse;

/// <summary>
/// The next request of a caller: awaited, then arrived with its buffer. The exchange's lock guards it until it has arrived.
/// </summary>
internal sealed class RetryArrival
{
    private byte[] _buffer = [];
    private int _inputLength;
    private int _outputLength;

    public RetryState State { get; private set; }

    public ulong Unique { get; private set; }

    /// <summary>The bytes that the caller sent.</summary>
    public Span<byte> Input => _buffer.AsSpan(Unsafe.SizeOf<fuse_in_header>() + Unsafe.SizeOf<fuse_ioctl_in>(), _inputLength);

    public void Expect(int inputLength, int outputLength)
    {
        _inputLength = inputLength;
        _outputLength = outputLength;
        State = RetryState.Awaited;
    }

    /// <summary>Whether this is the awaited request.</summary>
    public bool Fits(in fuse_ioctl_in ioctl) =>
        State == RetryState.Awaited && ioctl.in_size == _inputLength && ioctl.out_size == _outputLength;

    /// <summary>Takes the request with its buffer and gives another buffer in exchange. Nothing is copied.</summary>
    public void Arrive(ulong unique, ref byte[] buffer)
    {
        byte[] free = _buffer.Length > 0 ? _buffer : GC.AllocateUninitializedArray<byte>(CuseChannel.BufferLength, pinned: true);
        (_buffer, buffer) = (buffer, free);
        Unique = unique;
        State = RetryState.Arrived;
    }

    public void Lose() => State = RetryState.Lost;
}

/// <summary>The state of a retry.</summary>
internal enum RetryState
{
    Idle,
    Awaited,
    Arrived,
    Lost,
}
