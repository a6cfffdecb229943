using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>Owns one libcrypto object. The operation path uses <see cref="Pointer"/>: whoever holds this object alive may.</summary>
internal abstract class LibCryptoHandle : SafeHandle
{
    private static long s_living;

    protected LibCryptoHandle(nint pointer)
        : base(0, ownsHandle: true)
    {
        if (pointer == 0)
        {
            throw new LibCryptoException(LibCrypto.TakeError());
        }

        SetHandle(pointer);
        Interlocked.Increment(ref s_living);
    }

    /// <summary>libcrypto objects owned at this moment, for the leak tests.</summary>
    public static long Living => Interlocked.Read(ref s_living);

    public override bool IsInvalid => handle == 0;

    /// <summary>The C pointer.</summary>
    public nint Pointer => handle;

    protected sealed override bool ReleaseHandle()
    {
        Free(handle);
        Interlocked.Decrement(ref s_living);
        return true;
    }

    protected abstract void Free(nint pointer);
}

/// <summary>libcrypto refused; the message is its own.</summary>
internal sealed class LibCryptoException(string reason) : Exception(reason);
