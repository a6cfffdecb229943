using CryptoDev.Dialects;
using CryptoDev.Framework;
using CryptoDev.Native;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// Runs an operation within its ioctl: copies the bytes in, runs the engine, copies the result out. If the caller's memory can be lent, no
/// bytes are copied.
/// </summary>
internal static class CryptRunner
{
    /// <summary>Runs the operation.</summary>
    /// <param name="call">The ioctl.</param>
    /// <param name="session">The session. The caller holds a reference to it.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="written">The length of the result in bytes, with an IV before it.</param>
    /// <returns>0 or an errno value.</returns>
    public static int Run(ref IoctlCall call, EmulatedSession session, in CryptPlan plan, out int written)
    {
        call.Driver = session.DriverName;
        int error = RunAnyWay(ref call, session, plan, out written);
        call.ByteCount += error == 0 ? plan.SourceLength : 0;
        return error;
    }

    private static int RunAnyWay(ref IoctlCall call, EmulatedSession session, in CryptPlan plan, out int written)
    {
        ErrnoTable errnos = call.File.Kernel.Rules.Errnos;
        if (CanBorrow(session, plan) && call.Caller.TryBorrowInput(plan.Source.Address(), plan.SourceLength, out ReadOnlySpan<byte> source))
        {
            written = 0;
            return plan.LateError != 0 ? plan.LateError : errnos.FromDriver(RunBorrowed(ref call, session, plan, source, out written));
        }

        written = 0;
        int error = CryptRoom.TryCopyIn(call.File, session, plan, call.Caller, out CryptRoom room);
        if (error != 0)
        {
            return error;
        }

        using (room)
        {
            error = room.Run(session, plan, call.File.Bytes, out written);
            call.File.Kernel.Counters.CountRequest(error);
            return error != 0 ? errnos.FromDriver(error) : room.CopyOut(call.Caller, plan, written);
        }
    }

    // Memory is not lent if the bytes are read twice, first to verify a tag and then to use them: the caller could change them in between.
    // It is not lent either if parts of the message move.
    private static bool CanBorrow(EmulatedSession session, in CryptPlan plan) =>
        plan.SourceLength != 0
        && plan.TagAction != TagAction.Verify
        && plan.AuthMode == AuthMode.Plain
        && plan.PrefixLength == 0
        && plan.AssociatedDataLength == 0
        && session.Compression is null
        && !(session.Dialect.IsAead && plan.Direction == CryptDirection.Decrypt);

    private static int RunBorrowed(
        ref IoctlCall call,
        EmulatedSession session,
        in CryptPlan plan,
        ReadOnlySpan<byte> source,
        out int written
    )
    {
        written = 0;
        Span<byte> iv = stackalloc byte[DialectCodec.LongestIv];
        iv = iv[..(plan.IvPlace is IvPlace.Pointer or IvPlace.Session ? plan.IvLength : 0)];
        Span<byte> tag = stackalloc byte[AlgorithmLimits.LongestDigest];
        tag = tag[..plan.TagLength];
        if (plan.IvPlace == IvPlace.Pointer && !call.Caller.CopyIn(plan.Iv.Address(), iv))
        {
            return LibC.EFAULT;
        }

        Span<byte> result = default;
        bool isLent =
            plan.Destination != 0
            && plan.DestinationLength != 0
            && call.Caller.TryBorrowOutput(plan.Destination.Address(), plan.DestinationLength, out result);
        RentedBytes rented = default;
        if (!isLent && !RentedBytes.TryRent(call.File.Bytes, plan.DestinationLength, out rented))
        {
            return LibC.ENOMEM;
        }

        using (rented)
        {
            CryptBuffers buffers = new()
            {
                Source = source,
                Result = isLent ? result : rented.Bytes,
                Iv = iv,
                Tag = tag,
            };
            int error = CryptEngine.Run(session, plan, buffers, call.File.Bytes, out written);
            call.File.Kernel.Counters.CountRequest(error);
            return error != 0 ? error : CryptRoom.CopyOut(call.Caller, plan, isLent ? default : rented.Bytes[..written], tag, iv);
        }
    }
}
