namespace CryptoDev.Native;

/// <summary>A descriptor that is readable while it is raised. This holds for all processes that have a copy of it.</summary>
internal sealed unsafe class EventDescriptor : IDisposable
{
    private readonly SafeFileDescriptorHandle _file;

    private EventDescriptor(SafeFileDescriptorHandle file) => _file = file;

    public int Descriptor => _file.Descriptor;

    /// <summary>Makes one in the lowered state. Null when no descriptor is free.</summary>
    public static EventDescriptor? Create()
    {
        int file = LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK);
        return file < 0 ? null : new EventDescriptor(new SafeFileDescriptorHandle(file));
    }

    /// <summary>Makes it readable.</summary>
    public void Raise()
    {
        ulong one = 1;
        _ = LibC.write(_file.Descriptor, &one, sizeof(ulong));
    }

    /// <summary>Makes it unreadable.</summary>
    public void Lower()
    {
        ulong count;
        _ = LibC.read(_file.Descriptor, &count, sizeof(ulong));
    }

    public void Dispose() => _file.Dispose();
}
