using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace CryptoDev.Native;

/// <summary>An <c>EVP_MAC_CTX</c> with one key.</summary>
internal sealed unsafe class EvpMacContextHandle : LibCryptoHandle
{
    /// <summary>Makes a context of a fetched MAC. Call <see cref="SetKey"/> next.</summary>
    public EvpMacContextHandle(nint mac)
        : base(LibCrypto.EVP_MAC_CTX_new(mac)) { }

    /// <summary>Makes a copy of a context with its state.</summary>
    public EvpMacContextHandle(EvpMacContextHandle original)
        : base(LibCrypto.EVP_MAC_CTX_dup(original.handle)) { }

    /// <summary>Sets the key and one named parameter: <c>digest</c> for HMAC, <c>cipher</c> for CMAC.</summary>
    public bool SetKey(ReadOnlySpan<byte> key, string parameter, string value)
    {
        byte nothing = 0;
        byte[] value8 = Encoding.UTF8.GetBytes(value + '\0');
        fixed (byte* bytes = key)
        fixed (byte* name = Encoding.UTF8.GetBytes(parameter + '\0'))
        fixed (byte* text = value8)
        {
            OSSL_PARAM* choices = stackalloc OSSL_PARAM[2];
            choices[0] = new OSSL_PARAM
            {
                key = name,
                data_type = LibCrypto.OSSL_PARAM_UTF8_STRING,
                data = text,
                data_size = (nuint)value8.Length - 1,
                return_size = nuint.MaxValue,
            };
            choices[1] = default;

            // An empty key needs a non-null pointer: a null pointer means no key.
            return LibCrypto.EVP_MAC_init(handle, key.IsEmpty ? &nothing : bytes, (nuint)key.Length, choices) == 1;
        }
    }

    /// <summary>
    /// Authenticates a whole short message under the same key: start, update and finish without checking for a collection in between. The
    /// span must have at least the MAC's full length.
    /// </summary>
    public bool ComputeShort(ReadOnlySpan<byte> source, Span<byte> mac)
    {
        Debug.Assert(source.Length <= EvpCipherContextHandle.ShortMessage);
        LeaveWideRegisters();
        nint context = handle;
        nuint written;
        fixed (
            byte* input = source,
                output = mac
        )
        {
            return LibCrypto.EVP_MAC_init_short(context, null, 0, null) == 1
                && LibCrypto.EVP_MAC_update_short(context, input, (nuint)source.Length) == 1
                && LibCrypto.EVP_MAC_final_short(context, output, &written, (nuint)mac.Length) == 1;
        }
    }

    /// <summary>Starts a message under the same key.</summary>
    public bool Start()
    {
        LeaveWideRegisters();
        return LibCrypto.EVP_MAC_init_short(handle, null, 0, null) == 1;
    }

    /// <summary>Authenticates one piece.</summary>
    public bool Update(ReadOnlySpan<byte> source)
    {
        if (source.Length > EvpCipherContextHandle.ShortMessage)
        {
            return UpdateLong(source);
        }

        fixed (byte* input = source)
        {
            return LibCrypto.EVP_MAC_update_short(handle, input, (nuint)source.Length) == 1;
        }
    }

    /// <summary>Writes the MAC. The span must have at least its full length.</summary>
    public bool Finish(Span<byte> mac)
    {
        nuint written;
        fixed (byte* output = mac)
        {
            return LibCrypto.EVP_MAC_final_short(handle, output, &written, (nuint)mac.Length) == 1;
        }
    }

    // Never inlined, as in EvpCipherContextHandle.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool UpdateLong(ReadOnlySpan<byte> source)
    {
        fixed (byte* input = source)
        {
            return LibCrypto.EVP_MAC_update(handle, input, (nuint)source.Length) == 1;
        }
    }

    protected override void Free(nint pointer) => LibCrypto.EVP_MAC_CTX_free(pointer);
}
