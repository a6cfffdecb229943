using CryptoDev.Ioctl.Emulation;
using CryptoDev.Native;

namespace CryptoDev.Ioctl;

/// <summary>
/// An emulated <c>/dev/crypto</c>: takes ioctls of one dialect, as request, argument and a way to the caller's memory, and answers as that
/// dialect's kernel would, on top of the drivers of this library. Safe from any thread.
/// </summary>
/// <remarks>docs/not-reproduced.md lists what real kernels do and this does not.</remarks>
public sealed class DevCryptoEmulator : IDisposable
{
    private readonly EmulatedKernel _kernel;

    /// <summary>Makes a device.</summary>
    /// <exception cref="ArgumentException">
    /// The form is not one of the dialect, a switch was given that the dialect does not have, or a limit is out of its range.
    /// </exception>
    public DevCryptoEmulator(DevCryptoEmulatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Limits.UserShare, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Limits.UserShare, 100, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Limits.KeyOperations, 1, nameof(options));
        Options = options;
        _kernel = new EmulatedKernel(options);
    }

    /// <summary>How it was made.</summary>
    public DevCryptoEmulatorOptions Options { get; }

    /// <summary>The release it behaves as, for example <c>freebsd 14</c>.</summary>
    public string Form => _kernel.Form;

    /// <summary>Counters.</summary>
    public EmulatorStatistics Statistics => _kernel.Counters.Snapshot(_kernel);

    /// <summary>Opens the device once, for the user of this process.</summary>
    /// <param name="file">The open file; its front end disposes it at the last close.</param>
    /// <returns>0 or an errno value: <c>ENXIO</c> where users are shut out, <c>ENFILE</c> at the limit.</returns>
    public int Open(out EmulatedFile? file) => Open(LibC.geteuid(), out file);

    /// <summary>Opens the device once.</summary>
    /// <param name="user">
    /// The number of the user who opens it. What the file takes is counted to that user too, who leaves room for others
    /// (<see cref="EmulatorLimits.UserShare"/>), unless it is root (0) or the user of this process.
    /// </param>
    /// <param name="file">The open file; its front end disposes it at the last close.</param>
    /// <returns>0 or an errno value: <c>ENXIO</c> where users are shut out, <c>ENFILE</c> at the limit.</returns>
    public int Open(uint user, out EmulatedFile? file)
    {
        file = null;
        return _kernel.IsEnded || !_kernel.Rules.IsOpenToUsers ? LibC.ENXIO : _kernel.TryOpen(user, _kernel.Rules.OpensRaw, out file);
    }

    /// <summary>
    /// Ends the device: no file and no session can be opened any more, and key operations that wait for their turn end with an error; what
    /// is open goes on until it is closed.
    /// </summary>
    public void Dispose() => _kernel.End();
}
