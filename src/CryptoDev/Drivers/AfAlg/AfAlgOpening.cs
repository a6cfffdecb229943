using CryptoDev.Drivers.Kernel;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.AfAlg;

/// <summary>
/// A transform that is ready to work: it is bound, keyed and has its first operation descriptor. A probe opens one and closes it again. A
/// session keeps it.
/// </summary>
internal sealed class AfAlgOpening : IDisposable
{
    // The buffer size that is requested where a message must be one request. Without privilege the kernel grants at most twice wmem_max,
    // which is this value by default.
    private const int LargeBuffer = 425984;
    private const int PageSize = 4096;

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
    /// The most bytes of input and output in one request. It is the buffer less a page, because the kernel hands out its last page of
    /// budget whole. The kernel splits an AEAD message beyond the budget into two without an error, and both are wrong.
    /// </summary>
    public int RequestLimit { get; private set; }

    /// <summary>Opens everything. On failure it leaves nothing open and reports the step that was refused.</summary>
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
                HardwareRequest.LimitFor(target.MayBeHardware)
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

    /// <summary>Opens the parent socket alone: bind, key, tag length, in this order.</summary>
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

    /// <summary>Opens one more descriptor of the same transform.</summary>
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

        // A MAC without a key still needs an empty key set, or it answers ENOKEY. A plain hash refuses any key with ENOSYS.
        if (transform.Algorithm.KeySizes.Maximum == 0)
        {
            return default;
        }

        using KeyLease key = new(transform);
        return new AfAlgFailure(AfAlgStep.Key, socket.SetKey(key.Bytes));
    }
}
