using System.Runtime.InteropServices;
using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>Owns one session of the device, and keeps the device open for it.</summary>
internal sealed class KernelSessionHandle : SafeHandle
{
    private readonly DeviceCaller _caller;
    private bool _valid;

    private KernelSessionHandle(DeviceCaller caller)
        : base(0, ownsHandle: true) => _caller = caller;

    /// <summary>Validity is a separate field: 0 is a valid session id on OpenBSD and FreeBSD, and any number can be one on Linux.</summary>
    public override bool IsInvalid => !_valid;

    /// <summary>The id of the session, <c>ses</c> in the structs.</summary>
    public uint Id => unchecked((uint)handle);

    /// <summary>The session call with the kernel's answer.</summary>
    public SessionCall Answer { get; private set; }

    /// <summary>Creates a session. Null and the negated error number where the device refuses.</summary>
    /// <exception cref="ObjectDisposedException">
    /// A key is disposed: another thread disposed the session that needs one more kernel session.
    /// </exception>
    public static unsafe KernelSessionHandle? Open(DeviceCaller caller, DeviceRecipe recipe, out int result)
    {
        // The keys are leased first, so that a disposed key leaves no session or reference open.
        using KeyLease cipherKey = Lease(recipe.CipherTransform);
        using KeyLease digestKey = Lease(recipe.MacTransform);
        if (!caller.TryAddReference())
        {
            result = -LibC.ENOTCONN;
            return null;
        }

        // Two references: the caller's reference keeps the device open. The channel's reference keeps a finalizer from closing the
        // descriptor before this session is freed.
        KernelSessionHandle session = new(caller);
        bool added = false;
        caller.Channel.DangerousAddRef(ref added);
        SessionCall call = recipe.Call;

        // SAFETY: both keys are pinned during the call, which copies them. A key has an address, whatever its length. Where there is no
        // key, address and length are 0. With a length and no pointer, cryptodev-linux would key a MAC with data from its stack.
        fixed (
            byte* key = &cipherKey.Bytes.Start(),
                macKey = &digestKey.Bytes.Start()
        )
        {
            call = call with
            {
                Key = recipe.CipherTransform?.Key is null ? 0 : (nint)key,
                MacKey = recipe.MacTransform?.Key is null ? 0 : (nint)macKey,
            };
            result = caller.CreateSession(ref call);
        }

        if (result < 0)
        {
            session.LetGo();
            return null;
        }

        session.Answer = call with { Key = 0, MacKey = 0 };
        session.SetHandle(unchecked((nint)call.Session));
        session._valid = true;
        return session;
    }

    protected override bool ReleaseHandle()
    {
        // A device that is gone has already freed the session.
        int result = _caller.FreeSession(Id);
        LetGo();
        return result == 0;
    }

    private void LetGo()
    {
        _caller.Channel.DangerousRelease();
        _caller.Release();
    }

    private static KeyLease Lease(CryptoTransform? transform) => transform is null ? default : new KeyLease(transform);
}
