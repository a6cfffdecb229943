using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>
/// A transform that is ready to work: bound, keyed, with its first operation descriptor. A probe makes one and drops it; a session keeps
/// it.
/// </summary>
internal sealed class AfAlgOpening : IDisposable
{
    // What is asked for where a message must be one request; without privilege the kernel grants at most twice wmem_max, which is this by
    // default.
    private const int LargeBuffer = 425984;
    private const int PageSize = 4096;

    // virtio_crypto (6.1) describes n pages to its card with n(n+1)/2 descriptors; at 31 pages the card's table is full and the request
    // never ends, in a wait that no signal breaks. Other cards have limits of their own, which nobody tells: this one is far below all that
    // are known.
    private const int DeviceRequest = 64 * 1024;

    private AfAlgOpening(AfAlgTarget target, CryptoTransform transform, AlgTransformSocket socket, AfAlgContext first)
    {
        Target = target;
        Transform = transform;
        Socket = socket;
        First = first;
    }

    public AfAlgTarget Target { get; }

    public CryptoTransform Transform { get; }

    public AlgTransformSocket Socket { get; }

    public AfAlgContext First { get; }

    /// <summary>
    /// The most bytes that one request may take in and give out. Within the buffer less a page: the kernel hands out its last page of
    /// budget whole, and an AEAD message beyond the budget is split without an error into two that are both wrong.
    /// </summary>
    public int RequestLimit { get; private set; }

    /// <summary>Opens everything, or nothing and the step that was refused.</summary>
    public static AfAlgOpening? TryOpen(AfAlgTarget target, CryptoTransform transform, out AfAlgFailure failure)
    {
        AlgTransformSocket? socket = OpenTransform(target, transform, out failure);
        if (socket is null)
        {
            return null;
        }

        AfAlgContext? first = Accept(socket, transform, out Errno error);
        if (first is null)
        {
            failure = new AfAlgFailure(AfAlgStep.Accept, error);
            socket.Dispose();
            return null;
        }

        AfAlgOpening opening = new(target, transform, socket, first)
        {
            RequestLimit = Math.Min(
                (Math.Min(first.Socket.BufferSize, LargeBuffer) / PageSize * PageSize) - PageSize,
                target.Kind == DriverKind.Hardware ? DeviceRequest : int.MaxValue
            ),
        };
        if (opening.RequestLimit >= PageSize)
        {
            return opening;
        }

        failure = new AfAlgFailure(AfAlgStep.Buffer, new Errno(LibC.ENOBUFS));
        opening.Dispose();
        return null;
    }

    /// <summary>Opens the parent alone: bind, key, tag length, in this order.</summary>
    public static AlgTransformSocket? OpenTransform(AfAlgTarget target, CryptoTransform transform, out AfAlgFailure failure)
    {
        AlgTransformSocket? socket = AlgTransformSocket.Open(out Errno error);
        failure = new AfAlgFailure(AfAlgStep.Socket, error);
        if (socket is null)
        {
            return null;
        }

        failure = new AfAlgFailure(AfAlgStep.Bind, socket.Bind(target.Type, target.Name));
        if (!failure.IsFailure)
        {
            failure = SetKey(socket, transform);
        }

        if (!failure.IsFailure && target.Type == "aead")
        {
            failure = new AfAlgFailure(AfAlgStep.TagLength, socket.SetTagLength(transform.EffectiveTagLength));
        }

        if (!failure.IsFailure)
        {
            return socket;
        }

        socket.Dispose();
        return null;
    }

    /// <summary>One more descriptor of the same transform.</summary>
    public static AfAlgContext? Accept(AlgTransformSocket socket, CryptoTransform transform, out Errno error)
    {
        SafeFileDescriptorHandle? descriptor = socket.Accept(out error);
        if (descriptor is null)
        {
            return null;
        }

        KernelRung rung = transform.Algorithm.Kernel;
        AlgOperationSocket operation = new(descriptor, KernelIv.LengthOf(transform), withAssociatedData: rung.Type == "aead");
        if (transform.Algorithm.Chaining == IvChaining.WholeMessage)
        {
            operation.RequestBufferSize(LargeBuffer);
        }

        return new AfAlgContext(operation);
    }

    public void Dispose()
    {
        First.Dispose();
        Socket.Dispose();
    }

    private static AfAlgFailure SetKey(AlgTransformSocket socket, CryptoTransform transform)
    {
        if (transform.Key is KernelKey kernelKey)
        {
            return new AfAlgFailure(AfAlgStep.KeySerial, socket.SetKeyBySerial(kernelKey.Serial));
        }

        // A MAC without a key still needs the empty one set (ENOKEY otherwise); a plain hash refuses any (ENOSYS).
        if (transform.Algorithm.KeySizes.Maximum == 0)
        {
            return default;
        }

        using KeyLease key = new(transform);
        return new AfAlgFailure(AfAlgStep.Key, socket.SetKey(key.Bytes));
    }
}
