using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// Memory shared with another process by a descriptor. Its size is sealed and its pages are allocated from the start, so that neither side
/// can make the other's access fail.
/// </summary>
internal sealed unsafe class SharedMemoryHandle : SafeHandle
{
    private readonly SafeFileDescriptorHandle _file;

    private SharedMemoryHandle(SafeFileDescriptorHandle file, void* address, int length)
        : base(0, ownsHandle: true)
    {
        _file = file;
        Length = length;
        SetHandle((nint)address);
    }

    public override bool IsInvalid => handle is 0 or -1;

    /// <summary>The length in bytes.</summary>
    public int Length { get; }

    /// <summary>The descriptor that the other side maps or reads.</summary>
    public int Descriptor => _file.Descriptor;

    /// <summary>The memory; the other side may change it at any time. The owner keeps this handle alive.</summary>
    public Span<byte> Bytes => new((void*)handle, Length);

    /// <summary>Makes one. Null and the reason if the system does not have that much memory.</summary>
    public static SharedMemoryHandle? Create(int length, out Errno error)
    {
        int file = LibC.memfd_create("cryptodev", LibC.MFD_CLOEXEC | LibC.MFD_ALLOW_SEALING);
        error = file < 0 ? Errno.Last() : default;
        if (file < 0)
        {
            return null;
        }

        SafeFileDescriptorHandle owner = new(file);
        if (
            LibC.fallocate(file, 0, 0, length) == 0
            && LibC.fcntl(file, LibC.F_ADD_SEALS, LibC.F_SEAL_SEAL | LibC.F_SEAL_SHRINK | LibC.F_SEAL_GROW) == 0
        )
        {
            void* address = LibC.mmap(null, (nuint)length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, file, 0);
            if ((nint)address != -1)
            {
                return new SharedMemoryHandle(owner, address, length);
            }
        }

        error = Errno.Last();
        owner.Dispose();
        return null;
    }

    protected override bool ReleaseHandle()
    {
        bool released = LibC.munmap((void*)handle, (nuint)Length) == 0;
        _file.Dispose();
        return released;
    }
}
