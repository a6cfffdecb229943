using System.Diagnostics.CodeAnalysis;
using CryptoDev.Ioctl.Emulation;
using CryptoDev.Native;

namespace CryptoDev.Ioctl;

/// <summary>
/// An emulated <c>/dev/crypto</c>. It takes the ioctls of one dialect: a request, an argument, and access to the caller's memory. It
/// answers as that dialect's kernel would, and computes with the drivers of this library. Safe from any thread.
/// </summary>
/// <remarks>docs/not-reproduced.md lists the behaviour of real kernels that is not emulated.</remarks>
public sealed class DevCryptoEmulator : IDisposable
{
    private readonly EmulatedKernel _kernel;

    /// <summary>Makes a device.</summary>
    /// <exception cref="ArgumentException">
    /// The dialect has no such form, an option was given for a switch that the dialect does not have, or a limit is out of its range.
    /// </exception>
    public DevCryptoEmulator(DevCryptoEmulatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Limits.UserShare, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Limits.UserShare, 100, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Limits.KeysAtOnce, 1, nameof(options));
        Options = options;
        _kernel = new EmulatedKernel(options);
    }

    /// <summary>The options that it was made with.</summary>
    public DevCryptoEmulatorOptions Options { get; }

    /// <summary>The release it behaves as, for example <c>freebsd 14</c>.</summary>
    public string Form => _kernel.Form;

    /// <summary>Counters of the device. A snapshot.</summary>
    public EmulatorStatistics Statistics => _kernel.Counters.Snapshot(_kernel);

    /// <summary>
    /// <c>kern.usercrypto</c> now. It may be set while the device is in use: the next open finds it changed, and files that are open stay
    /// open. Null on cryptodev-linux, which has no such switch.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was set on cryptodev-linux.</exception>
    [DisallowNull]
    public int? UserCrypto
    {
        get => _kernel.Rules.Get(SwitchName.UserCrypto);
        set => Set(SwitchName.UserCrypto, value);
    }

    /// <summary>
    /// <c>kern.userasymcrypto</c> now. It may be set while the device is in use: the next ioctl finds it changed. Null on cryptodev-linux,
    /// which has no such switch.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was set on cryptodev-linux.</exception>
    [DisallowNull]
    public int? UserAsymCrypto
    {
        get => _kernel.Rules.Get(SwitchName.UserAsymCrypto);
        set => Set(SwitchName.UserAsymCrypto, value);
    }

    /// <summary>
    /// <c>kern.cryptodevallowsoft</c> now, in the dialect's sense (<see cref="DevCryptoEmulatorOptions.AllowSoft"/>). It may be set while
    /// the device is in use: the next session finds it changed, and sessions that are open stay on their drivers. Null on cryptodev-linux,
    /// which has no such switch.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was set on cryptodev-linux.</exception>
    [DisallowNull]
    public int? AllowSoft
    {
        get => _kernel.Rules.Get(SwitchName.AllowSoft);
        set => Set(SwitchName.AllowSoft, value);
    }

    /// <summary>Opens the device once, for the user of this process.</summary>
    /// <param name="file">The open file. Its front end disposes it at the last close.</param>
    /// <returns>0 or an errno value: <c>ENXIO</c> if the device is closed to users, <c>ENFILE</c> at the limit.</returns>
    public int Open(out EmulatedFile? file) => Open(LibC.geteuid(), out file);

    /// <summary>Opens the device once.</summary>
    /// <param name="user">
    /// The id of the user who opens it. Everything the file takes is counted to this user, within <see cref="EmulatorLimits.UserShare"/>.
    /// Root (0) and the user of this process have no share.
    /// </param>
    /// <param name="file">The open file. Its front end disposes it at the last close.</param>
    /// <returns>0 or an errno value: <c>ENXIO</c> if the device is closed to users, <c>ENFILE</c> at the limit.</returns>
    public int Open(uint user, out EmulatedFile? file)
    {
        file = null;
        return _kernel.IsEnded || !_kernel.Rules.IsOpenToUsers ? LibC.ENXIO : _kernel.TryOpen(user, _kernel.Rules.OpensRaw, out file);
    }

    /// <summary>
    /// Ends the device. No file and no session can be opened after this. Waiting key operations end with an error. Open files work until
    /// they are closed.
    /// </summary>
    public void Dispose() => _kernel.End();

    /// <summary>Answers a sysctl for a front end. As <see cref="SysctlCall.Run"/>.</summary>
    internal int Sysctl(in SysctlCall call, Span<byte> value, out int length, out ulong told, out Sysctl? found) =>
        call.Run(_kernel, value, out length, out told, out found);

    private void Set(SwitchName which, int? value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!_kernel.Rules.TrySet(which, value.Value))
        {
            throw new InvalidOperationException("cryptodev-linux has no switches for user access and software.");
        }
    }
}
