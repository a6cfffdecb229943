using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using FluentAssertions;

namespace CryptoDev.Tests.Emulator;

/// <summary>A program of a dialect, in one process, with one open device: structs in C spelling, laid out for its word size.</summary>
internal sealed class EmulatedClient : IDisposable
{
    public EmulatedClient(DevCryptoEmulatorOptions options, WordSize wordSize = WordSize.LP64, ForeignProcess? process = null)
        : this(new DevCryptoEmulator(options), process ?? new ForeignProcess(wordSize)) => OwnsDevice = true;

    public EmulatedClient(DevCryptoEmulator device, ForeignProcess process, uint user = 0)
    {
        Device = device;
        Process = process;
        device.Open(user, out EmulatedFile? file).Should().Be(0);
        File = file!;
    }

    private EmulatedClient(DevCryptoEmulator device, ForeignProcess process, EmulatedFile file)
    {
        Device = device;
        Process = process;
        File = file;
    }

    public DevCryptoEmulator Device { get; }

    public ForeignProcess Process { get; }

    public EmulatedFile File { get; }

    private bool OwnsDevice { get; }

    /// <summary>The same process with a descriptor that CRIOGET gave.</summary>
    public EmulatedClient With(EmulatedFile file) => new(Device, Process, file);

    /// <summary>ioctl(2) with a struct: 0 or a positive errno; what the device wrote is in the struct.</summary>
    public int Ioctl<T>(IoctlInfo info, StructCodec<T> codec, ref T argument, CancellationToken interrupted = default)
        where T : unmanaged
    {
        byte[] bytes = new byte[codec.Size(Process.WordSize)];
        codec.Encode(argument, bytes, Process.WordSize);
        int result = Raw(info.Code(Process.WordSize), bytes, interrupted);
        argument = codec.Decode(bytes, Process.WordSize);
        return result;
    }

    /// <summary>ioctl(2) with a u32.</summary>
    public int Ioctl(IoctlInfo info, ref uint argument)
    {
        byte[] bytes = BitConverter.GetBytes(argument);
        int result = Raw(info.Code(Process.WordSize), bytes);
        argument = BitConverter.ToUInt32(bytes);
        return result;
    }

    /// <summary>ioctl(2) with bytes at an address of their own.</summary>
    public int Raw(uint request, byte[] argument, CancellationToken interrupted = default) =>
        -File.Ioctl(request, (ulong)Process.Map(argument), Process, interrupted);

    public void Dispose()
    {
        File.Dispose();
        foreach (EmulatedFile file in Process.Descriptors)
        {
            file.Dispose();
        }

        if (OwnsDevice)
        {
            Device.Dispose();
        }
    }
}
