using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CryptoDev.Native;

/// <summary>Owns one libcrypto object. The operation path uses <see cref="Pointer"/>: whoever holds this object alive may.</summary>
internal abstract class LibCryptoHandle : SafeHandle
{
    private static long s_living;

    private Vector256<byte> _wide;

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

    /// <summary>
    /// Comes before the first native call of a digest or MAC, and is nothing but a method that uses a 256-bit register: the JIT ends such a
    /// method with VZEROUPPER, and there is no other way to ask for that. Without it, libcrypto's SSE code for SHA drags along the upper
    /// halves of the vector registers that managed code has used (already the zeroing of a CryptOp does): a seventh of the time of a
    /// 64-byte HMAC-SHA256 on a Zen 5 processor. Not inlined, or the end would come too late.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    protected void LeaveWideRegisters() => _wide = Vector256<byte>.Zero;

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
