using CryptoDev.Dialects;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// The memory of one operation in this process: IV, tag, associated data and message. Except for compression, the message is processed in
/// place. The bytes are copied in, processed and copied out. The owner disposes it once.
/// </summary>
internal readonly struct CryptRoom : IDisposable
{
    private readonly RentedBytes _memory;
    private readonly int _ivLength;
    private readonly int _aadOffset;
    private readonly int _sourceOffset;
    private readonly int _resultOffset;
    private readonly int _resultLength;

    private CryptRoom(RentedBytes memory, in Layout layout)
    {
        _memory = memory;
        _ivLength = layout.IvLength;
        _aadOffset = layout.AadOffset;
        _sourceOffset = layout.SourceOffset;
        _resultOffset = layout.ResultOffset;
        _resultLength = layout.ResultLength;
    }

    /// <summary>Copies in everything that the operation reads, the source first.</summary>
    /// <returns>
    /// 0, ENOMEM beyond the client's limit, EFAULT, or the plan's late error. After an error there is nothing to dispose.
    /// </returns>
    public static int TryCopyIn(EmulatedFile file, EmulatedSession session, in CryptPlan plan, IUserMemory caller, out CryptRoom room)
    {
        room = default;
        Layout layout = new(session, plan);
        if (!RentedBytes.TryRent(file.Bytes, layout.Total, out RentedBytes memory))
        {
            return LibC.ENOMEM;
        }

        CryptRoom made = new(memory, layout);
        int error = LibC.EFAULT;
        try
        {
            error = made.CopyIn(plan, caller);
        }
        finally
        {
            // If copying failed, the bytes that were copied so far must be cleared too.
            if (error != 0)
            {
                made.Dispose();
            }
        }

        room = error == 0 ? made : default;
        return error;
    }

    /// <summary>Runs the operation.</summary>
    /// <param name="session">The session. The caller holds a reference to it.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="scratch">The quota for the memory of a second pass.</param>
    /// <param name="written">The length of the result in bytes, with an IV before it.</param>
    /// <returns>0 or an errno value.</returns>
    public int Run(EmulatedSession session, in CryptPlan plan, Quota scratch, out int written)
    {
        Span<byte> all = _memory.Bytes;
        CryptBuffers buffers = new()
        {
            Iv = all[.._ivLength],
            Tag = all.Slice(_ivLength, plan.TagLength),
            AssociatedData = all.Slice(_aadOffset, plan.AssociatedDataLength),
            Source = all.Slice(_sourceOffset, plan.SourceLength),
            Result = all.Slice(_resultOffset, _resultLength),
        };
        return CryptEngine.Run(session, plan, buffers, scratch, out written);
    }

    /// <summary>Copies the result out to where the plan says.</summary>
    /// <param name="caller">The memory to write to.</param>
    /// <param name="plan">The plan that was run.</param>
    /// <param name="length">The length of the result in bytes, with an IV before it.</param>
    /// <returns>0 or EFAULT.</returns>
    public int CopyOut(IUserMemory caller, in CryptPlan plan, int length)
    {
        Span<byte> all = _memory.Bytes;
        return CopyOut(caller, plan, all.Slice(_resultOffset, length), all.Slice(_ivLength, plan.TagLength), all[.._ivLength]);
    }

    /// <summary>Copies result, tag and IV out to where the plan says.</summary>
    public static int CopyOut(
        IUserMemory caller,
        in CryptPlan plan,
        ReadOnlySpan<byte> result,
        ReadOnlySpan<byte> tag,
        ReadOnlySpan<byte> iv
    )
    {
        result = result[Math.Min(plan.DestinationOffset, result.Length)..];
        bool done =
            (result.IsEmpty || plan.Destination == 0 || caller.CopyOut(result, plan.Destination.Address() + (ulong)plan.DestinationOffset))
            && (!GivesTag(plan) || caller.CopyOut(tag, plan.Tag.Address()))
            && (!plan.WriteIv || caller.CopyOut(iv, plan.Iv.Address()));
        return done ? 0 : LibC.EFAULT;
    }

    public void Dispose() => _memory.Dispose();

    /// <summary>Whether a separate digest or tag is written to the caller.</summary>
    private static bool GivesTag(in CryptPlan plan) =>
        plan.TagAction == TagAction.Compute
        && plan.HashFinal
        && plan.TagLength != 0
        && plan.Tag != 0
        && !plan.IsTagAttached
        && plan.AuthMode != AuthMode.Tls;

    /// <summary>Whether the caller's tag is read.</summary>
    private static bool TakesTag(in CryptPlan plan) =>
        plan.TagAction == TagAction.Verify && plan.TagLength != 0 && !plan.IsTagAttached && plan.AuthMode != AuthMode.Tls;

    private int CopyIn(in CryptPlan plan, IUserMemory caller)
    {
        Span<byte> all = _memory.Bytes;
        if (!Copy(caller, true, plan.Source, all.Slice(_sourceOffset, plan.SourceLength)))
        {
            return LibC.EFAULT;
        }

        if (plan.LateError != 0)
        {
            return plan.LateError;
        }

        Span<byte> tag = all.Slice(_ivLength, plan.TagLength);

        // What is left of the last user of this memory is zeros already; a session without digest leaves the tag as it is.
        tag.Clear();
        return
            Copy(caller, plan.IvPlace == IvPlace.Pointer, plan.Iv, all[.._ivLength])
            && Copy(caller, TakesTag(plan), plan.Tag, tag)
            && Copy(caller, true, plan.AssociatedData, all.Slice(_aadOffset, plan.AssociatedDataLength))
            ? 0
            : LibC.EFAULT;
    }

    private static bool Copy(IUserMemory caller, bool wanted, nint address, Span<byte> to) =>
        !wanted || to.IsEmpty || caller.CopyIn(address.Address(), to);

    /// <summary>The offsets of the parts in the memory.</summary>
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

            // A packet around a record may be as long as the record, so the total may not fit an int. The total is checked before an offset
            // is used.
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
