using System.Runtime.InteropServices;
using System.Text;

namespace CryptoDev.Native;

/// <summary>
/// A key that this process added to the kernel. Any thread can use it by its serial number. It is unlinked, and so deleted, when the last
/// reference is released.
/// </summary>
internal sealed unsafe class KernelKeyHandle : SafeHandle
{
    // A key that is used by serial number must be searchable. Our threads get the user's permissions, because none of them possesses the
    // key.
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

    /// <summary>Adds a key. Null and the error if it fails.</summary>
    public static KernelKeyHandle? Add(string type, ReadOnlySpan<byte> payload, out Errno error)
    {
        int keyring = ProcessKeyring.Serial(out error);
        if (keyring < 0)
        {
            return null;
        }

        // Add it to this thread's keyring first. A thread does not possess a key that it adds to another thread's keyring, and so may not
        // set its permissions.
        int serial;
        fixed (byte* typeName = Encoding.UTF8.GetBytes(type + '\0'))
        fixed (byte* description = Encoding.UTF8.GetBytes($"{PrivateKeyringHandle.Description}key{Interlocked.Increment(ref s_number)}\0"))
        fixed (byte* bytes = &payload.Start())
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
