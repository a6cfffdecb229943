using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CryptoDev.Native;

/// <summary>
/// Writes all AF_ALG control messages. It writes the record headers into a caller's buffer once. Each message then stores only operation,
/// IV and AAD length. All records are always present. With a control buffer, the kernel takes a missing operation as "decrypt" and a
/// missing AAD length as 0. Without a control buffer, it silently reuses the last message's values, including the IV.
/// </summary>
internal readonly unsafe struct AlgControlMessageWriter
{
    private readonly uint* _operation;
    private readonly byte* _iv;
    private readonly uint* _associatedDataLength;

    /// <summary>
    /// Writes the record headers. <paramref name="buffer"/> has <see cref="GetLength"/> bytes, is aligned to 8 and must outlive this value.
    /// </summary>
    public AlgControlMessageWriter(byte* buffer, int ivLength, bool withAssociatedData)
    {
        Debug.Assert(((nint)buffer & 7) == 0);
        IvLength = ivLength;
        Length = GetLength(ivLength, withAssociatedData);
        Unsafe.InitBlockUnaligned(buffer, 0, (uint)Length);

        _operation = (uint*)WriteHead(ref buffer, LinuxAlg.ALG_SET_OP, sizeof(uint));
        if (ivLength > 0)
        {
            af_alg_iv* iv = (af_alg_iv*)WriteHead(ref buffer, LinuxAlg.ALG_SET_IV, sizeof(af_alg_iv) + ivLength);
            iv->ivlen = (uint)ivLength;
            _iv = (byte*)(iv + 1);
        }

        if (withAssociatedData)
        {
            _associatedDataLength = (uint*)WriteHead(ref buffer, LinuxAlg.ALG_SET_AEAD_ASSOCLEN, sizeof(uint));
        }
    }

    /// <summary>The number of control buffer bytes that the records use, and the value of msg_controllen.</summary>
    public int Length { get; }

    /// <summary>The length of the IV. 0 when the mode has no IV and no IV record is sent.</summary>
    public int IvLength { get; }

    /// <summary>The number of control buffer bytes that the records will use.</summary>
    public static int GetLength(int ivLength, bool withAssociatedData) =>
        Space(sizeof(uint)) + (ivLength > 0 ? Space(sizeof(af_alg_iv) + ivLength) : 0) + (withAssociatedData ? Space(sizeof(uint)) : 0);

    /// <summary>Stores the next message's values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint operation, ReadOnlySpan<byte> iv)
    {
        Debug.Assert(_associatedDataLength == null);
        Debug.Assert(iv.Length == IvLength);
        *_operation = operation;
        iv.CopyTo(new Span<byte>(_iv, IvLength));
    }

    /// <summary>Stores the next AEAD message's values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint operation, ReadOnlySpan<byte> iv, int associatedDataLength)
    {
        Debug.Assert(_associatedDataLength != null && associatedDataLength >= 0);
        Debug.Assert(iv.Length == IvLength);
        *_operation = operation;
        iv.CopyTo(new Span<byte>(_iv, IvLength));
        *_associatedDataLength = (uint)associatedDataLength;
    }

    /// <summary>Clears the values after use. The headers stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Wipe()
    {
        *_operation = LinuxAlg.ALG_OP_DECRYPT;
        new Span<byte>(_iv, IvLength).Clear();
        if (_associatedDataLength != null)
        {
            *_associatedDataLength = 0;
        }
    }

    private static byte* WriteHead(ref byte* position, int type, int dataLength)
    {
        cmsghdr* head = (cmsghdr*)position;
        head->cmsg_len = (nuint)(sizeof(cmsghdr) + dataLength);
        head->cmsg_level = LibC.SOL_ALG;
        head->cmsg_type = type;
        position += Space(dataLength);
        return (byte*)(head + 1);
    }

    private static int Space(int dataLength) => (sizeof(cmsghdr) + dataLength + 7) & ~7;
}
