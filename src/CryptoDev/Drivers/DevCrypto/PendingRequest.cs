using System.Buffers;
using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Drivers.DevCrypto;

/// <summary>
/// A request in the kernel. Until the result is fetched, its memory stays pinned and no other operation uses its kernel session.
/// </summary>
internal sealed unsafe class PendingRequest : IInFlight, IThreadPoolWorkItem
{
    private readonly DevCryptoSession _session;
    private readonly LongRental<DevCryptoContext> _rental;
    private readonly MemoryHandle _source;
    private readonly MemoryHandle _destination;
    private readonly SecureMemoryHandle _block;
    private readonly int _ivLength;
    private int _status;

    /// <summary>Takes over the rental, except when the constructor throws.</summary>
    /// <param name="session">The session that ends the request.</param>
    /// <param name="run">The run of the request, started.</param>
    /// <param name="rental">A kernel session for this request alone: NetBSD has one MAC buffer per session.</param>
    /// <param name="row">The table row that tells how the IV is passed.</param>
    public PendingRequest(DevCryptoSession session, CryptRun run, LongRental<DevCryptoContext> rental, AlgorithmNumber row)
    {
        _session = session;
        _rental = rental;
        Run = run;
        CryptRequest request = run.Request;
        _source = request.Source.Memory.Pin();
        try
        {
            _destination = request.Destination.Pin();
            _block = SecureMemoryHandle.Allocate(AlgorithmLimits.LongestBlock + AlgorithmLimits.LongestDigest);
            _ivLength = request.Iv.IsEmpty && row.IvForm != IvForm.None ? 0 : row.EncodeIv(request.Iv.Span, _block.Bytes);
        }
        catch
        {
            Unpin();
            throw;
        }
    }

    public CryptRun Run { get; }

    public nint Cookie { get; set; }

    /// <summary>The digest that the kernel wrote.</summary>
    public ReadOnlySpan<byte> Digest => _block.Bytes[AlgorithmLimits.LongestBlock..];

    /// <summary>Describes the operation as a call.</summary>
    public CryptCall Describe()
    {
        bool hashes = _session.IsDigest;
        CryptRequest request = Run.Request;

        // SAFETY: source and destination are pinned and the block is off the managed heap until the result has arrived. An empty source
        // has no address of its own, so it gets the block's, because no kernel gets a null pointer.
        fixed (byte* block = _block.Bytes)
        {
            return new CryptCall
            {
                Session = _rental.Context.Id,
                Action = hashes || request.Direction == CryptDirection.Encrypt ? CryptAction.Encrypt : CryptAction.Decrypt,
                Length = (uint)request.Source.Length,
                Source = request.Source.IsEmpty ? (nint)block : (nint)_source.Pointer,
                Destination = hashes ? 0 : (nint)_destination.Pointer,
                Iv = _ivLength == 0 ? 0 : (nint)block,
                Tag = hashes ? (nint)(block + AlgorithmLimits.LongestBlock) : 0,
                Cookie = Cookie,
            };
        }
    }

    /// <summary>
    /// Called when the result has arrived. A worker notifies the caller, because the caller's callback may take a long time.
    /// </summary>
    public void End(int status)
    {
        _status = status;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Called when the kernel did not accept the request. Returns the kernel session.</summary>
    public void Abandon()
    {
        Unpin();
        _block.Dispose();
        _rental.Spare();
    }

    void IThreadPoolWorkItem.Execute()
    {
        Unpin();
        _session.Settle(this, _rental, _status);
        _block.Dispose();
    }

    private void Unpin()
    {
        _source.Dispose();
        _destination.Dispose();
    }
}
