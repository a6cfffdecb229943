namespace CryptoDev.Native;

/// <summary>
/// The KEYCTL_PKEY calls on a key of type <c>asymmetric</c>. The scheme is given as the kernel's text (<c>enc=pkcs1 hash=sha256</c>), ended
/// by a zero byte.
/// </summary>
internal static unsafe class AsymmetricKey
{
    /// <summary>
    /// KEYCTL_PKEY_QUERY: which operations the key supports with this scheme, and the sizes. False and the error if it fails.
    /// </summary>
    public static bool Query(int key, ReadOnlySpan<byte> way, out keyctl_pkey_query facts, out Errno error)
    {
        fixed (byte* words = &way.Start())
        fixed (keyctl_pkey_query* answer = &facts)
        {
            return Answer(LibC.keyctl(LibC.KEYCTL_PKEY_QUERY, key, 0, (nint)words, (nint)answer), out error) >= 0;
        }
    }

    /// <summary>KEYCTL_PKEY_ENCRYPT, DECRYPT or SIGN. Returns the length of the result, or -1 and the error.</summary>
    /// <remarks>
    /// Linux up to 7.2 writes as many bytes as <see cref="Query"/> reported, whatever length it is given. So the result must have exactly
    /// that length.
    /// </remarks>
    public static int Run(int call, int key, ReadOnlySpan<byte> way, ReadOnlySpan<byte> input, Span<byte> result, out Errno error)
    {
        keyctl_pkey_params numbers = new()
        {
            key_id = key,
            in_len = (uint)input.Length,
            out_len = (uint)result.Length,
        };
        fixed (byte* words = &way.Start())
        fixed (byte* bytes = &input.Start())
        fixed (byte* output = &result.Start())
        {
            return Answer(LibC.keyctl(call, (nint)(&numbers), (nint)words, (nint)bytes, (nint)output), out error);
        }
    }

    /// <summary>KEYCTL_PKEY_VERIFY. Returns 0, or -1 and the error.</summary>
    /// <remarks>
    /// Linux up to 7.2 reads as many bytes of the signature as <see cref="Query"/> reported, whatever length it is given.
    /// </remarks>
    public static int Verify(int key, ReadOnlySpan<byte> way, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, out Errno error)
    {
        keyctl_pkey_params numbers = new()
        {
            key_id = key,
            in_len = (uint)digest.Length,
            in2_len = (uint)signature.Length,
        };
        fixed (byte* words = &way.Start())
        fixed (byte* bytes = &digest.Start())
        fixed (byte* second = &signature.Start())
        {
            return Answer(LibC.keyctl(LibC.KEYCTL_PKEY_VERIFY, (nint)(&numbers), (nint)words, (nint)bytes, (nint)second), out error);
        }
    }

    private static int Answer(nint result, out Errno error)
    {
        error = result < 0 ? Errno.Last() : default;
        return (int)result;
    }
}
