using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CryptoDev.Native;

/// <summary>An <c>EVP_MD_CTX</c> with one digest.</summary>
internal sealed unsafe class EvpDigestContextHandle : LibCryptoHandle
{
    /// <summary>Makes a context that is ready for a message.</summary>
    public EvpDigestContextHandle(nint digest)
        : base(LibCrypto.EVP_MD_CTX_new())
    {
        if (LibCrypto.EVP_DigestInit_ex(handle, digest, 0) != 1)
        {
            string reason = LibCrypto.TakeError();
            Dispose();
            throw new LibCryptoException(reason);
        }
    }

    /// <summary>Makes a context with a copy of another context's running state.</summary>
    public EvpDigestContextHandle(EvpDigestContextHandle original)
        : base(LibCrypto.EVP_MD_CTX_new())
    {
        if (!CopyFrom(original))
        {
            string reason = LibCrypto.TakeError();
            Dispose();
            throw new LibCryptoException(reason);
        }
    }

    /// <summary>
    /// Hashes a whole short message with the same digest: start, update and finish without checking for a collection in between.
    /// </summary>
    public bool ComputeShort(ReadOnlySpan<byte> source, Span<byte> digest)
    {
        Debug.Assert(source.Length <= EvpCipherContextHandle.ShortMessage);
        LeaveWideRegisters();
        nint context = handle;
        fixed (
            byte* input = source,
                output = digest
        )
        {
            return LibCrypto.EVP_DigestInit_ex_short(context, 0, 0) == 1
                && LibCrypto.EVP_DigestUpdate_short(context, input, (nuint)source.Length) == 1
                && LibCrypto.EVP_DigestFinal_ex_short(context, output, null) == 1;
        }
    }

    /// <summary>Starts a message with the same digest.</summary>
    public bool Start()
    {
        LeaveWideRegisters();
        return LibCrypto.EVP_DigestInit_ex_short(handle, 0, 0) == 1;
    }

    /// <summary>Copies another context's running state into this one.</summary>
    public bool CopyFrom(EvpDigestContextHandle original) => LibCrypto.EVP_MD_CTX_copy_ex(handle, original.handle) == 1;

    /// <summary>Hashes one piece.</summary>
    public bool Update(ReadOnlySpan<byte> source)
    {
        if (source.Length > EvpCipherContextHandle.ShortMessage)
        {
            return UpdateLong(source);
        }

        fixed (byte* input = source)
        {
            return LibCrypto.EVP_DigestUpdate_short(handle, input, (nuint)source.Length) == 1;
        }
    }

    /// <summary>Writes the digest. <paramref name="digest"/> must have the digest's full length.</summary>
    public bool Finish(Span<byte> digest)
    {
        fixed (byte* output = digest)
        {
            return LibCrypto.EVP_DigestFinal_ex_short(handle, output, null) == 1;
        }
    }

    // Never inlined, as in EvpCipherContextHandle.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool UpdateLong(ReadOnlySpan<byte> source)
    {
        fixed (byte* input = source)
        {
            return LibCrypto.EVP_DigestUpdate(handle, input, (nuint)source.Length) == 1;
        }
    }

    protected override void Free(nint pointer) => LibCrypto.EVP_MD_CTX_free(pointer);
}
