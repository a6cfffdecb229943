using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CryptoDev.Native;

/// <summary>
/// An <c>EVP_CIPHER_CTX</c> with one key and direction. Calls return whether they succeeded. <see cref="LibCrypto.TakeError"/> gives the
/// reason of a failure.
/// </summary>
internal sealed unsafe class EvpCipherContextHandle() : LibCryptoHandle(LibCrypto.EVP_CIPHER_CTX_new())
{
    /// <summary>
    /// Up to this length a call takes well under a microsecond with a fast cipher, so it pays to skip the collector's transition.
    /// </summary>
    internal const int ShortMessage = 512;

    /// <summary>
    /// Sets cipher, key and direction. <paramref name="ivLength"/> and <paramref name="tagLength"/> are for AEAD. 0 leaves the default.
    /// </summary>
    public bool SetKey(nint cipher, ReadOnlySpan<byte> key, bool encrypt, int ivLength = 0, int tagLength = 0)
    {
        int direction = encrypt ? 1 : 0;

        // Set the key last: the lengths of key, nonce and tag must be known by then, because CCM derives values from them.
        if (
            LibCrypto.EVP_CipherInit_ex(handle, cipher, 0, null, null, direction) != 1
            || (ivLength == 0 && (!RefusePadding() || LibCrypto.EVP_CIPHER_CTX_set_key_length(handle, key.Length) != 1))
            || (ivLength != 0 && LibCrypto.EVP_CIPHER_CTX_ctrl(handle, LibCrypto.EVP_CTRL_AEAD_SET_IVLEN, ivLength, null) != 1)
            || (tagLength != 0 && LibCrypto.EVP_CIPHER_CTX_ctrl(handle, LibCrypto.EVP_CTRL_AEAD_SET_TAG, tagLength, null) != 1)
        )
        {
            return false;
        }

        fixed (byte* bytes = key)
        {
            return LibCrypto.EVP_CipherInit_ex(handle, 0, 0, bytes, null, direction) == 1;
        }
    }

    /// <summary>Starts a message under the same key.</summary>
    public bool Start(ReadOnlySpan<byte> iv)
    {
        fixed (byte* bytes = iv)
        {
            return LibCrypto.EVP_CipherInit_ex_short(handle, 0, 0, null, bytes, -1) == 1;
        }
    }

    /// <summary>Processes one piece. The destination must be as long as the source.</summary>
    public bool Update(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (source.Length > ShortMessage)
        {
            return UpdateLong(source, destination);
        }

        byte nothing;
        int written;
        fixed (byte* input = source)
        fixed (byte* output = destination)
        {
            // CCM accepts an empty message only with non-null pointers.
            byte* from = source.IsEmpty ? &nothing : input;
            byte* to = destination.IsEmpty ? &nothing : output;
            return LibCrypto.EVP_CipherUpdate_short(handle, to, &written, from, source.Length) == 1 && written == source.Length;
        }
    }

    /// <summary>
    /// Processes a whole short message under the same key: start and update without checking for a collection in between. The IV must not
    /// be empty, and the source has 1 to <see cref="ShortMessage"/> bytes.
    /// </summary>
    public bool RunShort(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Debug.Assert(!iv.IsEmpty && source.Length is > 0 and <= ShortMessage, "The native calls take no null pointers here.");
        nint context = handle;
        int written;
        fixed (
            byte* start = iv,
                input = source,
                output = destination
        )
        {
            return LibCrypto.EVP_CipherInit_ex_short(context, 0, 0, null, start, -1) == 1
                && LibCrypto.EVP_CipherUpdate_short(context, output, &written, input, source.Length) == 1
                && written == source.Length;
        }
    }

    /// <summary>The same for a streaming AEAD, without associated data, up to and including the tag.</summary>
    public bool SealShort(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination, Span<byte> tag)
    {
        Debug.Assert(!iv.IsEmpty && source.Length is > 0 and <= ShortMessage, "The native calls take no null pointers here.");
        nint context = handle;
        byte nothing;
        int written;
        OSSL_PARAM* parameters = stackalloc OSSL_PARAM[2];
        fixed (
            byte* start = iv,
                input = source,
                output = destination,
                mark = tag
        )
        {
            OSSL_PARAM.Put(parameters, "tag\0"u8, LibCrypto.OSSL_PARAM_OCTET_STRING, mark, tag.Length);
            return LibCrypto.EVP_CipherInit_ex_short(context, 0, 0, null, start, -1) == 1
                && LibCrypto.EVP_CipherUpdate_short(context, output, &written, input, source.Length) == 1
                && written == source.Length
                && LibCrypto.EVP_CipherFinal_ex_short(context, &nothing, &written) == 1
                && LibCrypto.EVP_CIPHER_CTX_get_params_short(context, parameters) == 1;
        }
    }

    /// <summary>Adds associated data.</summary>
    public bool UpdateAssociatedData(ReadOnlySpan<byte> data)
    {
        if (data.Length > ShortMessage)
        {
            return UpdateAssociatedDataLong(data);
        }

        int written;
        fixed (byte* input = data)
        {
            return LibCrypto.EVP_CipherUpdate_short(handle, null, &written, input, data.Length) == 1;
        }
    }

    /// <summary>CCM: sets the message length, before anything else.</summary>
    public bool AnnounceLength(int length)
    {
        int written;
        return LibCrypto.EVP_CipherUpdate_short(handle, null, &written, null, length) == 1;
    }

    /// <summary>Sets the tag that <see cref="Finish"/> verifies (CCM: that <see cref="Update"/> verifies).</summary>
    public bool ExpectTag(ReadOnlySpan<byte> tag)
    {
        OSSL_PARAM* parameters = stackalloc OSSL_PARAM[2];
        fixed (byte* bytes = tag)
        {
            OSSL_PARAM.Put(parameters, "tag\0"u8, LibCrypto.OSSL_PARAM_OCTET_STRING, bytes, tag.Length);
            return LibCrypto.EVP_CIPHER_CTX_set_params_short(handle, parameters) == 1;
        }
    }

    /// <summary>Ends an AEAD message. When decrypting, false means that the tag did not match.</summary>
    public bool Finish()
    {
        byte nothing;
        int written;
        return LibCrypto.EVP_CipherFinal_ex_short(handle, &nothing, &written) == 1;
    }

    /// <summary>The tag of the finished message.</summary>
    public bool GetTag(Span<byte> tag)
    {
        // EVP_CTRL_AEAD_GET_TAG does the same in the end. Asking directly takes a third less time (OpenSSL 3.0).
        OSSL_PARAM* parameters = stackalloc OSSL_PARAM[2];
        fixed (byte* bytes = tag)
        {
            OSSL_PARAM.Put(parameters, "tag\0"u8, LibCrypto.OSSL_PARAM_OCTET_STRING, bytes, tag.Length);
            return LibCrypto.EVP_CIPHER_CTX_get_params_short(handle, parameters) == 1;
        }
    }

    // These are separate methods and never inlined. Next to the short call, the JIT (.NET 10) merges the two calls and makes the transition
    // for both.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool UpdateLong(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int written;
        fixed (byte* input = source)
        fixed (byte* output = destination)
        {
            return LibCrypto.EVP_CipherUpdate(handle, output, &written, input, source.Length) == 1 && written == source.Length;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool UpdateAssociatedDataLong(ReadOnlySpan<byte> data)
    {
        int written;
        fixed (byte* input = data)
        {
            return LibCrypto.EVP_CipherUpdate(handle, null, &written, input, data.Length) == 1;
        }
    }

    /// <summary>
    /// Turns padding off, so that only whole blocks are accepted. This uses the parameter and not EVP_CIPHER_CTX_set_padding. That function
    /// also sets a flag, and with it OpenSSL 3 passes the parameter to the cipher again at the start of every message. This costs a third
    /// of the time of 64 bytes of AES-CBC.
    /// </summary>
    private bool RefusePadding()
    {
        uint none = 0;
        OSSL_PARAM* parameters = stackalloc OSSL_PARAM[2];
        OSSL_PARAM.Put(parameters, "padding\0"u8, LibCrypto.OSSL_PARAM_UNSIGNED_INTEGER, &none, sizeof(uint));
        return LibCrypto.EVP_CIPHER_CTX_set_params(handle, parameters) == 1;
    }

    protected override void Free(nint pointer) => LibCrypto.EVP_CIPHER_CTX_free(pointer);
}
