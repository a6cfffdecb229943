using System.Runtime.InteropServices;

namespace CryptoDev.Native;

/// <summary>
/// The address at which a kernel gets the bytes of a span. An empty span has an address too. The <c>fixed</c> statement gives null for it,
/// and a kernel may follow a null pointer although its length is 0: cryptodev-linux does so for an empty AES-GCM message, and the machine
/// panics. A parameter that a call does not have is another matter: its address is 0, and the call says so.
/// </summary>
internal static class KernelBuffer
{
    // On the pinned heap, so that the address stays. Nobody reads or writes there, because the length is 0.
    private static readonly byte[] s_nothing = GC.AllocateArray<byte>(64, pinned: true);

    /// <summary>
    /// The first byte, or a byte that is there where the span is empty. For <c>fixed (byte* from = &amp;source.Start())</c>.
    /// </summary>
    public static ref readonly byte Start(this ReadOnlySpan<byte> bytes) =>
        ref bytes.IsEmpty ? ref s_nothing[0] : ref MemoryMarshal.GetReference(bytes);

    /// <inheritdoc cref="Start(ReadOnlySpan{byte})"/>
    public static ref byte Start(this Span<byte> bytes) => ref bytes.IsEmpty ? ref s_nothing[0] : ref MemoryMarshal.GetReference(bytes);
}
