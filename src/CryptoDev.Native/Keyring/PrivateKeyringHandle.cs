using System.Runtime.InteropServices;
using System.Text;

namespace CryptoDev.Native;

/// <summary>
/// A keyring of our own for one operation, in the keyring of the calling thread: nobody else's search finds it, and the kernel drops it with the thread should the
/// process die. Make, use and dispose it on one thread: on another, the thread's keyring is another one, and the kernel then keeps ours until the thread ends.
/// </summary>
internal sealed unsafe class PrivateKeyringHandle : SafeHandle
{
    /// <summary>Begins the description of every key of ours in /proc/keys.</summary>
    public static string Description => "cryptodev:";

    private static int s_number;

    private PrivateKeyringHandle(int serial)
        : base(0, ownsHandle: true) => SetHandle(serial);

    public override bool IsInvalid => handle <= 0;

    /// <summary>Makes one, or answers null and why.</summary>
    public static PrivateKeyringHandle? Create(out Errno error)
    {
        int serial = Add("keyring", [], LibC.KEY_SPEC_THREAD_KEYRING, out error);
        return serial < 0 ? null : new PrivateKeyringHandle(serial);
    }

    /// <summary>Adds a key and answers its serial number, or -1 and why.</summary>
    public int AddKey(string type, ReadOnlySpan<byte> payload, out Errno error) => Add(type, payload, (int)handle, out error);

    /// <summary>KEYCTL_DH_COMPUTE: base^exponent mod modulus of three <c>user</c> keys; the length, or -1 and why. An empty result asks for the length.</summary>
    public static int Power(int exponent, int modulus, int baseValue, Span<byte> result, out Errno error)
    {
        keyctl_dh_params numbers = new() { @private = exponent, prime = modulus, @base = baseValue };
        fixed (byte* output = result)
        {
            return Answer(LibC.keyctl(LibC.KEYCTL_DH_COMPUTE, (nint)(&numbers), (nint)output, result.Length, 0), out error);
        }
    }

    /// <summary>KEYCTL_PKEY_QUERY: the longest result of a raw decryption, or -1 and why.</summary>
    public static int QueryDecryption(int key, out Errno error)
    {
        keyctl_pkey_query facts;
        fixed (byte* choice = "enc=raw\0"u8)
        {
            int answer = Answer(LibC.keyctl(LibC.KEYCTL_PKEY_QUERY, key, 0, (nint)choice, (nint)(&facts)), out error);
            return answer < 0 ? answer : Math.Max(facts.max_dec_size, Math.Max(facts.max_enc_size, facts.max_data_size));
        }
    }

    /// <summary>KEYCTL_PKEY_DECRYPT without padding; the length, or -1 and why.</summary>
    /// <remarks>Linux to 7.2 writes as much as <see cref="QueryDecryption"/> said, whatever room it is told: the result must have that.</remarks>
    public static int Decrypt(int key, ReadOnlySpan<byte> message, Span<byte> result, out Errno error)
    {
        keyctl_pkey_params numbers = new() { key_id = key, in_len = (uint)message.Length, out_len = (uint)result.Length };
        fixed (byte* choice = "enc=raw\0"u8)
        fixed (byte* input = message)
        fixed (byte* output = result)
        {
            return Answer(LibC.keyctl(LibC.KEYCTL_PKEY_DECRYPT, (nint)(&numbers), (nint)choice, (nint)input, (nint)output), out error);
        }
    }

    protected override bool ReleaseHandle()
    {
        // The keys go with their last link, and that is in here.
        LibC.keyctl(LibC.KEYCTL_CLEAR, handle, 0, 0, 0);
        LibC.keyctl(LibC.KEYCTL_UNLINK, handle, LibC.KEY_SPEC_THREAD_KEYRING, 0, 0);
        return true;
    }

    private static int Add(string type, ReadOnlySpan<byte> payload, int keyring, out Errno error)
    {
        // One description, one key: adding a second of the same name to a keyring would change the first.
        fixed (byte* typeName = Encoding.UTF8.GetBytes(type + '\0'))
        fixed (byte* description = Encoding.UTF8.GetBytes($"{Description}{Interlocked.Increment(ref s_number)}\0"))
        fixed (byte* bytes = payload)
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
