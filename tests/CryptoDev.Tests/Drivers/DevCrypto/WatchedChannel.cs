using CryptoDev.Native;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>
/// A channel that writes down every ioctl with the struct as it was sent, and may answer in the device's place or change what it answered.
/// What CRIOGET gives is watched by the same.
/// </summary>
internal sealed unsafe class WatchedChannel : DeviceChannel
{
    private const int SizeShift = 16;
    private const uint SizeMask = 0x1FFF;

    private readonly DeviceChannel _inner;
    private readonly Lock _lock = new();
    private readonly WatchedChannel _first;

    public WatchedChannel(DeviceChannel inner, WatchedChannel? first = null)
    {
        _inner = inner;
        _first = first ?? this;
        Calls = _first.Calls ?? [];
        SetHandle(0);
    }

    /// <summary>Answers instead of the device; null lets it through.</summary>
    public Func<uint, byte[], int?>? Instead { get; set; }

    /// <summary>Changes the struct that the device answered.</summary>
    public Action<uint, byte[]>? Afterwards { get; set; }

    public List<(uint Request, byte[] Sent)> Calls { get; }

    public int Adopted { get; private set; }

    public int Count(CryptoDev.Ioctl.IoctlInfo ioctl) => Of(ioctl).Length;

    public byte[][] Of(CryptoDev.Ioctl.IoctlInfo ioctl)
    {
        lock (_first._lock)
        {
            return [.. Calls.Where(call => call.Request == ioctl.Code()).Select(call => call.Sent)];
        }
    }

    public override int Ioctl(uint request, void* argument)
    {
        // SAFETY: the argument is a struct of the size that the request says.
        Span<byte> bytes = new(argument, (int)((request >> SizeShift) & SizeMask));
        byte[] sent = bytes.ToArray();
        lock (_first._lock)
        {
            Calls.Add((request, sent));
        }

        byte[] answer = [.. sent];
        if (_first.Instead?.Invoke(request, answer) is { } result)
        {
            answer.CopyTo(bytes);
            return result;
        }

        result = _inner.Ioctl(request, argument);
        if (_first.Afterwards is { } change && result >= 0)
        {
            answer = bytes.ToArray();
            change(request, answer);
            answer.CopyTo(bytes);
        }

        return result;
    }

    public override int Poll(short events, int timeoutMilliseconds) => _inner.Poll(events, timeoutMilliseconds);

    public override DeviceChannel? Adopt(int descriptor)
    {
        if (_inner.Adopt(descriptor) is not { } adopted)
        {
            return null;
        }

        Adopted++;
        return new WatchedChannel(adopted, _first);
    }

    protected override bool ReleaseHandle()
    {
        _inner.Dispose();
        return true;
    }
}
