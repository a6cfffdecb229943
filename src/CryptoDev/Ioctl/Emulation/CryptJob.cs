using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// One operation with its bytes in this process: copied in, run by any thread, copied out. Holds a reference to its session and its memory until it is disposed.
/// </summary>
internal sealed class CryptJob : IDisposable
{
    private readonly EmulatedSession _session;
    private readonly CryptPlan _plan;
    private readonly RentedBytes _memory;
    private readonly int _ivLength;
    private readonly int _aadOffset;
    private readonly int _sourceOffset;
    private readonly int _resultOffset;
    private readonly int _resultLength;

    private CryptJob(EmulatedSession session, in CryptPlan plan, RentedBytes memory, Layout layout)
    {
        _session = session;
        _plan = plan;
        _memory = memory;
        _ivLength = layout.IvLength;
        _aadOffset = layout.AadOffset;
        _sourceOffset = layout.SourceOffset;
        _resultOffset = layout.ResultOffset;
        _resultLength = layout.ResultLength;
        session.AddReference();
    }

    /// <summary>0 or the errno value it ended with.</summary>
    public int Error { get; private set; }

    /// <summary>Bytes of the result, an IV in front included.</summary>
    public int Written { get; private set; }

    public CryptPlan Plan => _plan;

    public EmulatedSession Session => _session;

    /// <summary>Copies everything in that the operation reads.</summary>
    /// <returns>0, ENOMEM beyond what the client may hold, or EFAULT.</returns>
    public static int TryCopyIn(EmulatedFile file, EmulatedSession session, in CryptPlan plan, IUserMemory caller, out CryptJob? job)
    {
        job = null;
        Layout layout = new(session, plan);
        if (RentedBytes.TryRent(file.Bytes, layout.Total) is not { } memory)
        {
            return LibC.ENOMEM;
        }

        CryptJob made = new(session, plan, memory, layout);
        if (made.CopyIn(caller))
        {
            job = made;
            return 0;
        }

        made.Dispose();
        return LibC.EFAULT;
    }

    /// <summary>Computes. Any thread may.</summary>
    public int Run(Quota scratch)
    {
        Span<byte> all = _memory.Bytes;
        Error = CryptEngine.Run(
            _session,
            _plan,
            new CryptBuffers
            {
                Iv = all[.._ivLength],
                Tag = all.Slice(_ivLength, _plan.TagLength),
                AssociatedData = all.Slice(_aadOffset, _plan.AssociatedDataLength),
                Source = all.Slice(_sourceOffset, _plan.SourceLength),
                Result = all.Slice(_resultOffset, _resultLength),
            },
            scratch,
            out int written);
        Written = written;
        return Error;
    }

    /// <summary>Copies the result out to where the plan says.</summary>
    /// <param name="caller">Whose memory.</param>
    /// <param name="mostResult">At most so many bytes of it, an IV in front included.</param>
    /// <returns>0 or EFAULT.</returns>
    public int CopyOut(IUserMemory caller, int mostResult = int.MaxValue)
    {
        Span<byte> all = _memory.Bytes;
        return CopyOut(
            caller, _plan, all.Slice(_resultOffset, Math.Min(Written, mostResult)), all.Slice(_ivLength, _plan.TagLength), all[.._ivLength]);
    }

    /// <summary>Copies result, tag and IV out to where a plan says.</summary>
    public static int CopyOut(IUserMemory caller, in CryptPlan plan, ReadOnlySpan<byte> result, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> iv)
    {
        result = result[Math.Min(plan.DestinationOffset, result.Length)..];
        bool done = (result.IsEmpty || plan.Destination == 0 || caller.CopyOut(result, plan.Destination.Address() + (ulong)plan.DestinationOffset))
            && (!GivesTag(plan) || caller.CopyOut(tag, plan.Tag.Address()))
            && (!plan.WriteIv || caller.CopyOut(iv, plan.Iv.Address()));
        return done ? 0 : LibC.EFAULT;
    }

    /// <summary>Whether a digest or tag of its own goes to the caller.</summary>
    public static bool GivesTag(in CryptPlan plan) =>
        plan.TagAction == TagAction.Compute && plan.HashFinal && plan.TagLength != 0 && plan.Tag != 0 && !plan.IsTagAttached && plan.AuthMode != AuthMode.Tls;

    /// <summary>Whether the caller's tag is read.</summary>
    public static bool TakesTag(in CryptPlan plan) => plan.TagAction == TagAction.Verify && plan.TagLength != 0 && !plan.IsTagAttached && plan.AuthMode != AuthMode.Tls;

    public void Dispose()
    {
        _memory.Dispose();
        _session.Release();
    }

    private bool CopyIn(IUserMemory caller)
    {
        Span<byte> all = _memory.Bytes;
        Span<byte> tag = all.Slice(_ivLength, _plan.TagLength);

        // What is left of the last user of this memory is zeros already; a session without digest leaves the tag as it is.
        tag.Clear();
        return Copy(caller, _plan.IvPlace == IvPlace.Pointer, _plan.Iv, all[.._ivLength])
            && Copy(caller, TakesTag(_plan), _plan.Tag, tag)
            && Copy(caller, true, _plan.AssociatedData, all.Slice(_aadOffset, _plan.AssociatedDataLength))
            && Copy(caller, true, _plan.Source, all.Slice(_sourceOffset, _plan.SourceLength));
    }

    private static bool Copy(IUserMemory caller, bool wanted, nint address, Span<byte> to) => !wanted || to.IsEmpty || caller.CopyIn(address.Address(), to);

    /// <summary>Where in the memory what stands: IV, tag, associated data, then the message, which is worked on in place but for compression.</summary>
    private readonly struct Layout
    {
        public Layout(EmulatedSession session, in CryptPlan plan)
        {
            bool compresses = session.Compression is not null;
            IvLength = plan.IvPlace is IvPlace.Pointer or IvPlace.Session ? plan.IvLength : 0;
            long aad = IvLength + plan.TagLength;
            long source = aad + plan.AssociatedDataLength;
            long result = compresses ? source + plan.SourceLength : source;
            long resultLength = compresses ? CompressionSteps.Room(plan) : (long)plan.DestinationOffset + plan.DestinationLength;
            resultLength = Math.Max(resultLength, plan.SourceLength);

            // A packet around a record may be as long as the record: what does not fit an int is refused by the total, before an offset is used.
            Total = result + resultLength;
            AadOffset = (int)aad;
            SourceOffset = unchecked((int)source);
            ResultOffset = unchecked((int)result);
            ResultLength = unchecked((int)resultLength);
        }

        public int IvLength { get; }

        public int AadOffset { get; }

        public int SourceOffset { get; }

        public int ResultOffset { get; }

        public int ResultLength { get; }

        public long Total { get; }
    }
}
