using System.Runtime.InteropServices;
using System.Text;

namespace CryptoDev.Native;

/// <summary>
/// A key of ours in the kernel, to be used from any thread by its serial number; unlinked, and so gone, when nobody holds it any more.
/// </summary>
internal sealed unsafe class KernelKeyHandle : SafeHandle
{
    // To be used by serial, a key must be found: threads of ours find it as its user, for none possesses it.
    private const int Permissions = KeyPermission.KEY_POS_ALL | KeyPermission.KEY_USR_VIEW | KeyPermission.KEY_USR_SEARCH;

    private static int s_number;
    private readonly int _keyring;

    private KernelKeyHandle(int serial, int keyring)
        : base(0, ownsHandle: true)
    {
        _keyring = keyring;
        SetHandle(serial);
    }

    public override bool IsInvalid => handle <= 0;

    public int Serial => (int)handle;

    /// <summary>Adds a key, or answers null and why.</summary>
    public static KernelKeyHandle? Add(string type, ReadOnlySpan<byte> payload, out Errno error)
    {
        int keyring = KeyHolder.Serial(out error);
        if (keyring < 0)
        {
            return null;
        }

        // By way of this thread's keyring: whoever adds a key does not possess it in another's, and so may not set its permissions.
        int serial;
        fixed (byte* typeName = Encoding.UTF8.GetBytes(type + '\0'))
        fixed (byte* description = Encoding.UTF8.GetBytes($"{PrivateKeyringHandle.Description}key{Interlocked.Increment(ref s_number)}\0"))
        fixed (byte* bytes = payload)
        {
            serial = LibC.add_key(typeName, description, bytes, (nuint)payload.Length, LibC.KEY_SPEC_THREAD_KEYRING);
        }

        if (serial < 0)
        {
            error = Errno.Last();
            return null;
        }

        bool isHeld =
            LibC.keyctl(LibC.KEYCTL_SETPERM, serial, Permissions, 0, 0) == 0 && LibC.keyctl(LibC.KEYCTL_LINK, serial, keyring, 0, 0) == 0;
        error = isHeld ? default : Errno.Last();
        LibC.keyctl(LibC.KEYCTL_UNLINK, serial, LibC.KEY_SPEC_THREAD_KEYRING, 0, 0);
        return isHeld ? new KernelKeyHandle(serial, keyring) : null;
    }

    protected override bool ReleaseHandle() => LibC.keyctl(LibC.KEYCTL_UNLINK, handle, _keyring, 0, 0) == 0;
}
