using System.Runtime.InteropServices;
using System.Text;

namespace CryptoDev.Native;

/// <summary>
/// A keyring for one operation, in the keyring of the calling thread. No other thread's search finds it, and the kernel deletes it with the
/// thread if the process dies. Make, use and dispose it on one thread. Another thread has another thread keyring, so a dispose there would
/// leave this keyring in the kernel until its thread ends.
/// </summary>
internal sealed unsafe class PrivateKeyringHandle : SafeHandle
{
    /// <summary>The prefix of the description of all our keys in /proc/keys.</summary>
    public static string Description => "cryptodev:";

    private static int s_number;

    private PrivateKeyringHandle(int serial)
        : base(0, ownsHandle: true) => SetHandle(serial);

    public override bool IsInvalid => handle <= 0;

    /// <summary>Makes one. Null and the error if it fails.</summary>
    public static PrivateKeyringHandle? Create(out Errno error)
    {
        int serial = Add("keyring", [], LibC.KEY_SPEC_THREAD_KEYRING, out error);
        return serial < 0 ? null : new PrivateKeyringHandle(serial);
    }

    /// <summary>Adds a key. Returns its serial number, or -1 and the error.</summary>
    public int AddKey(string type, ReadOnlySpan<byte> payload, out Errno error) => Add(type, payload, (int)handle, out error);

    /// <summary>
    /// KEYCTL_DH_COMPUTE: base^exponent mod modulus of three <c>user</c> keys. Returns the length, or -1 and the error. An empty result
    /// asks for the length only.
    /// </summary>
    public static int Power(int exponent, int modulus, int baseValue, Span<byte> result, out Errno error)
    {
        keyctl_dh_params numbers = new()
        {
            @private = exponent,
            prime = modulus,
            @base = baseValue,
        };
        fixed (byte* output = &result.Start())
        {
            return Answer(LibC.keyctl(LibC.KEYCTL_DH_COMPUTE, (nint)(&numbers), (nint)output, result.Length, 0), out error);
        }
    }

    protected override bool ReleaseHandle()
    {
        // A key is deleted with its last link, and the last links are in this keyring.
        LibC.keyctl(LibC.KEYCTL_CLEAR, handle, 0, 0, 0);
        LibC.keyctl(LibC.KEYCTL_UNLINK, handle, LibC.KEY_SPEC_THREAD_KEYRING, 0, 0);
        return true;
    }

    private static int Add(string type, ReadOnlySpan<byte> payload, int keyring, out Errno error)
    {
        // Each key needs its own description: adding a key with the description of an existing one would change the existing key.
        fixed (byte* typeName = Encoding.UTF8.GetBytes(type + '\0'))
        fixed (byte* description = Encoding.UTF8.GetBytes($"{Description}{Interlocked.Increment(ref s_number)}\0"))
        fixed (byte* bytes = &payload.Start())
        {
            return Answer(LibC.add_key(typeName, description, bytes, (nuint)payload.Length, keyring), out error);
        }
    }

    private static int Answer(nint result, out Errno error)
    {
        error = result < 0 ? Errno.Last() : default;
        return (int)result;
    }
}
