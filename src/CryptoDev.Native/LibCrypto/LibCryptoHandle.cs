using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CryptoDev.Native;

/// <summary>
/// Owns one libcrypto object. The operation path may use <see cref="Pointer"/> as long as the caller keeps this object alive.
/// </summary>
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

    /// <summary>The number of libcrypto objects owned now, for the leak tests.</summary>
    public static long Living => Interlocked.Read(ref s_living);

    public override bool IsInvalid => handle == 0;

    /// <summary>The C pointer.</summary>
    public nint Pointer => handle;

    /// <summary>
    /// Call this before the first native call of a digest or MAC. It only uses a 256-bit register: the JIT ends such a method with
    /// VZEROUPPER, and there is no other way to request that instruction. Managed code uses the upper halves of the vector registers (for
    /// example to zero a CryptOp). If they are not cleared, libcrypto's SSE code for SHA is slower: it costs a seventh of the time of a
    /// 64-byte HMAC-SHA256 on a Zen 5 processor. Not inlined, because then VZEROUPPER would come too late.
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

/// <summary>A libcrypto call failed. The message is libcrypto's own.</summary>
internal sealed class LibCryptoException(string reason) : Exception(reason);
