namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// Answers one ioctl; the argument has been copied in where its direction says so and is copied out where the result is 0.
/// </summary>
/// <returns>0 or an errno value.</returns>
internal delegate int IoctlHandler(ref IoctlCall call);

/// <summary>A row of a dialect's dispatch table.</summary>
/// <param name="Info">The ioctl.</param>
/// <param name="Handler">What answers it.</param>
/// <param name="IsForRaw">Whether the opened device itself takes it where the dialect wants CRIOGET first.</param>
/// <param name="Index">Its place in the dialect's list, for counters.</param>
internal sealed record IoctlEntry(IoctlInfo Info, IoctlHandler Handler, bool IsForRaw, int Index);

/// <summary>One ioctl under way.</summary>
internal ref struct IoctlCall(EmulatedFile file, IUserProcess caller, Span<byte> room, CancellationToken interrupted)
{
    private readonly Span<byte> _room = room;
    private uint _madeId;
    private bool _made;

    public EmulatedFile File { get; } = file;

    public IUserProcess Caller { get; } = caller;

    public WordSize WordSize { get; } = caller.WordSize;

    public CancellationToken Interrupted { get; } = interrupted;

    /// <summary>The struct, as the caller lays it out.</summary>
    public Span<byte> Argument { get; private set; }

    /// <summary>Bytes of messages, for the trace and the counters.</summary>
    public long ByteCount { get; set; }

    /// <summary>The driver, for the trace.</summary>
    public string? Driver { get; set; }

    public void Take(int size) => Argument = _room[..size];

    /// <summary>A session was made whose id the caller gets with the argument.</summary>
    public void Made(EmulatedSession session)
    {
        _madeId = session.Id;
        _made = true;
        Driver = session.DriverName;
    }

    /// <summary>The caller knows of it by another way than the argument.</summary>
    public void Kept() => _made = false;

    /// <summary>Takes back what <see cref="Made"/> told of.</summary>
    public readonly void Undo()
    {
        if (_made)
        {
            File.Sessions.Free(_madeId);
        }
    }
}

/// <summary>Addresses of a caller out of its structs, where pointers are as wide as this process's.</summary>
internal static class UserAddress
{
    public static ulong Address(this nint pointer) => (nuint)pointer;
}
