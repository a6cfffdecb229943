using CryptoDev.Dialects;
using CryptoDev.Native;
using static CryptoDev.Ioctl.NetBsd;
using Table = CryptoDev.Dialects.NetBsdTable;

namespace CryptoDev.Ioctl.Emulation;

/// <content>
/// The calls with an array of elements. Each element has its own status. The ioctl fails only if the array cannot be copied. A driver that
/// is not a device runs an accepted element within the ioctl. A device's driver, and an element with COP_F_BATCH, leave it to a worker.
/// </content>
internal sealed partial class NetBsdRules
{
    /// <summary>r1.84 does not check the count. This limit is more than a program needs in one call.</summary>
    private const int MostElements = 1 << 16;

    /// <summary>Handles one element. Its changes are copied out.</summary>
    private delegate void ElementHandler<T>(ref IoctlCall call, ref T element);

    /// <summary>Returns 0, or the errno with which the whole call fails before any element is handled.</summary>
    private delegate int ArrayCheck(ReadOnlySpan<byte> array, WordSize wordSize);

    private int CreateSessions(ref IoctlCall call)
    {
        crypt_sgop op = Table.CryptSgop.Decode(call.Argument, call.WordSize);
        return ForEach(ref call, Table.SessionNOp, op.count, op.sessions, CreateOne);
    }

    private void CreateOne(ref IoctlCall call, ref session_n_op element)
    {
        element.status = OpenSession(ref call, NetBsdCodec.Decode(element), Demand, out EmulatedSession? session);
        element.ses = session?.Id ?? element.ses;

        // The caller gets the ids with the array. So the session is kept even if copying the argument out fails.
        call.Kept();
    }

    private static int FreeSessions(ref IoctlCall call)
    {
        crypt_sfop op = Table.CryptSfop.Decode(call.Argument, call.WordSize);
        int error = TakeArray(ref call, op.count, op.sesid, sizeof(uint), out RentedBytes ids);
        using (ids)
        {
            for (int i = 0; error == 0 && i < (int)op.count; i++)
            {
                // Unknown ids are skipped.
                call.File.Sessions.Free(System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(ids.Bytes[(i * sizeof(uint))..]));
            }
        }

        return error;
    }

    private int StartMany(ref IoctlCall call)
    {
        crypt_mop op = Table.CryptMop.Decode(call.Argument, call.WordSize);
        return ForEach(ref call, Table.CryptNOp, op.count, op.reqs, StartOne);
    }

    private void StartOne(ref IoctlCall call, ref crypt_n_op element)
    {
        element.status = Start(ref call, codec.Decode(element), out uint id);
        element.reqid = element.status == 0 ? id : element.reqid;
    }

    // The kernel converts only one element. It then runs as many elements as the count says, and takes the others from its stack. Here the
    // count must be 1.
    private int StartOld(ref IoctlCall call)
    {
        ocrypt_mop op = Table.OcryptMop.Decode(call.Argument, call.WordSize);
        return op.count != 1 ? LibC.EINVAL : ForEach(ref call, Table.OcryptNOp, op.count, op.reqs, StartOneOld);
    }

    private void StartOneOld(ref IoctlCall call, ref ocrypt_n_op element)
    {
        element.status = Start(ref call, codec.Decode(element), out uint id);
        element.reqid = element.status == 0 ? id : element.reqid;
    }

    private int Start(ref IoctlCall call, in CryptCall asked, out uint id)
    {
        id = 0;
        if (call.File.Sessions.Acquire(asked.Session) is not { } session)
        {
            return LibC.EINVAL;
        }

        try
        {
            CryptJob? job = null;
            int error = codec.PlanElement(asked, session.Dialect, out CryptPlan plan);
            error = error != 0 ? error : CryptJob.TryCopyIn(call.File, session, plan, call.Caller, out job);
            call.Driver = session.DriverName;
            call.ByteCount += job is null ? 0 : plan.SourceLength;

            // A bad pointer also gives EINVAL here.
            return error == LibC.EFAULT ? LibC.EINVAL
                : error != 0 ? error
                : Accept(
                    ref call,
                    new NetBsdRequest(call.File, asked.Cookie, asked.Session, job, null),
                    runsNow: !session.UsesHardware && !asked.Has(CryptCallFlags.Batch),
                    out id
                );
        }
        finally
        {
            session.Release();
        }
    }

    private int StartKeys(ref IoctlCall call)
    {
        crypt_mkop op = Table.CryptMkop.Decode(call.Argument, call.WordSize);
        return ForEach(ref call, Table.CryptNKop, op.count, op.reqs, StartKey, FindKeyFault);
    }

    /// <summary>
    /// If no element has a known operation with its counts of operands, the ioctl itself fails, and the array is not changed.
    /// </summary>
    private int FindKeyFault(ReadOnlySpan<byte> array, WordSize wordSize)
    {
        int fault = LibC.EINVAL;
        int size = Table.CryptNKop.Size(wordSize);
        for (; !array.IsEmpty; array = array[size..])
        {
            int error = codec.KeyOperations.Check(NetBsdCodec.Decode(Table.CryptNKop.Decode(array[..size], wordSize)));
            if (error == 0)
            {
                return 0;
            }

            fault = error == LibC.EFBIG ? error : fault;
        }

        return fault;
    }

    private void StartKey(ref IoctlCall call, ref crypt_n_kop element)
    {
        KeyCall asked = NetBsdCodec.Decode(element);
        int error = KeyJob.TryCopyIn(call.File, asked, Demand, call.Caller, out KeyJob? job);
        element.crk_status = (uint)(
            error != 0
                ? error
                : Accept(ref call, new NetBsdRequest(call.File, asked.Cookie, 0, null, job), runsNow: false, out element.crk_reqid)
        );
    }

    private static int Accept(ref IoctlCall call, NetBsdRequest request, bool runsNow, out uint id)
    {
        id = request.Id;
        if (call.File.Requests.TryAccept(request, runsNow))
        {
            return 0;
        }

        request.Dispose();
        return LibC.ENOMEM;
    }

    private static int TakeArray(ref IoctlCall call, nuint count, nint address, int size, out RentedBytes array)
    {
        array = default;
        return count == 0 ? LibC.EINVAL
            : count > MostElements || !RentedBytes.TryRent(call.File.Bytes, (long)count * size, out array) ? LibC.ENOMEM
            : call.Caller.CopyIn(address.Address(), array.Bytes) ? 0
            : LibC.EFAULT;
    }

    private static int ForEach<T>(
        ref IoctlCall call,
        StructCodec<T> layout,
        nuint count,
        nint address,
        ElementHandler<T> handler,
        ArrayCheck? check = null
    )
        where T : unmanaged
    {
        int size = layout.Size(call.WordSize);
        int error = TakeArray(ref call, count, address, size, out RentedBytes array);
        using (array)
        {
            error = error != 0 || check is null ? error : check(array.Bytes, call.WordSize);
            if (error != 0)
            {
                return error;
            }

            for (int i = 0; i < (int)count; i++)
            {
                Span<byte> bytes = array.Bytes.Slice(i * size, size);
                T element = layout.Decode(bytes, call.WordSize);
                handler(ref call, ref element);
                layout.Encode(element, bytes, call.WordSize);
            }

            return call.Caller.CopyOut(array.Bytes, address.Address()) ? 0 : LibC.EFAULT;
        }
    }
}
