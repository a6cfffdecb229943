namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// Handles one ioctl. The argument was copied in before, if the ioctl's direction says so. It is copied out after the handler has returned
/// 0.
/// </summary>
/// <returns>0 or an errno value.</returns>
internal delegate int IoctlHandler(ref IoctlCall call);

/// <summary>A row of a dialect's dispatch table.</summary>
/// <param name="Info">The ioctl.</param>
/// <param name="Handler">The handler of the ioctl.</param>
/// <param name="IsForRaw">Whether the opened device takes it, in a dialect that needs CRIOGET.</param>
/// <param name="Index">Its index in the dialect's list, for the counters.</param>
internal sealed record IoctlEntry(IoctlInfo Info, IoctlHandler Handler, bool IsForRaw, int Index);

/// <summary>One ioctl that is being handled.</summary>
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

    /// <summary>The message bytes of the ioctl, for the trace and the counters.</summary>
    public long ByteCount { get; set; }

    /// <summary>The name of the driver, for the trace.</summary>
    public string? Driver { get; set; }

    public void Take(int size) => Argument = _room[..size];

    /// <summary>Records a new session whose id the caller gets with the argument.</summary>
    public void Made(EmulatedSession session)
    {
        _madeId = session.Id;
        _made = true;
        Driver = session.DriverName;
    }

    /// <summary>Keeps the new session: the caller gets its id in another way than by the argument.</summary>
    public void Kept() => _made = false;

    /// <summary>Frees the session that <see cref="Made"/> recorded.</summary>
    public readonly void Undo()
    {
        if (_made)
        {
            File.Sessions.Free(_madeId);
        }
    }
}

/// <summary>Converts the addresses of a caller's struct. Pointers there are as wide as in this process.</summary>
internal static class UserAddress
{
    public static ulong Address(this nint pointer) => (nuint)pointer;
}
