using CryptoDev.Dialects;
using CryptoDev.Native;
using static CryptoDev.Ioctl.NetBsd;
using Table = CryptoDev.Dialects.NetBsdTable;

namespace CryptoDev.Ioctl.Emulation;

/// <content>
/// The calls with an array of elements. Each element has its own status. The ioctl fails only if the array cannot be copied. The device's
/// workers run the accepted elements. Their results are copied to where the elements say when they are fetched.
/// </content>
internal sealed partial class NetBsdRules
{
    /// <summary>r1.84 does not check the count. This limit is more than a program needs in one call.</summary>
    private const int MostElements = 1 << 16;

    /// <summary>Handles one element. Its changes are copied out.</summary>
    private delegate void ElementHandler<T>(ref IoctlCall call, ref T element);

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
        element.status = Start(ref call, s_codec.Decode(element), out uint id);
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
        element.status = Start(ref call, s_codec.Decode(element), out uint id);
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
            int error = s_codec.PlanElement(asked, session.Dialect, out CryptPlan plan);
            error = error != 0 ? error : CryptJob.TryCopyIn(call.File, session, plan, call.Caller, out job);
            call.Driver = session.DriverName;
            call.ByteCount += job is null ? 0 : plan.SourceLength;

            // A bad pointer also gives EINVAL here.
            return error == LibC.EFAULT ? LibC.EINVAL
                : error != 0 ? error
                : Accept(ref call, new NetBsdRequest(call.File, asked.Cookie, job, null), out id);
        }
        finally
        {
            session.Release();
        }
    }

    private int StartKeys(ref IoctlCall call)
    {
        crypt_mkop op = Table.CryptMkop.Decode(call.Argument, call.WordSize);
        return ForEach(ref call, Table.CryptNKop, op.count, op.reqs, StartKey);
    }

    private void StartKey(ref IoctlCall call, ref crypt_n_kop element)
    {
        KeyCall asked = NetBsdCodec.Decode(element);
        int error = KeyJob.TryCopyIn(call.File, asked, Demand, call.Caller, out KeyJob? job);
        element.crk_status = (uint)(
            error != 0 ? error : Accept(ref call, new NetBsdRequest(call.File, asked.Cookie, null, job), out element.crk_reqid)
        );
    }

    private static int Accept(ref IoctlCall call, NetBsdRequest request, out uint id)
    {
        id = request.Id;
        if (call.File.Requests.TryAccept(request))
        {
            return 0;
        }

        request.Dispose();
        return LibC.ENOMEM;
    }

    private static int FetchOne(ref IoctlCall call)
    {
        crypt_result result = Table.CryptResult.Decode(call.Argument, call.WordSize);
        if (call.File.Requests.Fetch(result.reqid) is not NetBsdRequest request)
        {
            // An unknown request gives the same errno as one that runs.
            return LibC.EINPROGRESS;
        }

        using (request)
        {
            result = request.Deliver(call.Caller);
        }

        Table.CryptResult.Encode(result, call.Argument, call.WordSize);
        call.File.NotifyPoll();
        return 0;
    }

    private static int FetchMany(ref IoctlCall call)
    {
        cryptret op = Table.Cryptret.Decode(call.Argument, call.WordSize);
        int most = (int)Math.Min(op.count, MostElements);
        int size = Table.CryptResult.Size(call.WordSize);
        if (!RentedBytes.TryRent(call.File.Bytes, (long)most * size, out RentedBytes array))
        {
            return LibC.ENOMEM;
        }

        using (array)
        {
            return FetchInto(ref call, op, most, array.Bytes);
        }
    }

    private static int FetchInto(ref IoctlCall call, cryptret op, int most, Span<byte> array)
    {
        int size = Table.CryptResult.Size(call.WordSize);
        int count = 0;
        try
        {
            while (count < most && call.File.Requests.Wait(call.Interrupted))
            {
                if (call.File.Requests.Fetch() is NetBsdRequest request)
                {
                    using (request)
                    {
                        Table.CryptResult.Encode(request.Deliver(call.Caller), array[(count * size)..], call.WordSize);
                    }

                    count++;
                }
            }
        }
        catch (OperationCanceledException)
        {
            if (count == 0)
            {
                return LibC.EINTR;
            }
        }

        call.File.NotifyPoll();
        op.count = (nuint)count;
        Table.Cryptret.Encode(op, call.Argument, call.WordSize);
        return count == 0 || call.Caller.CopyOut(array[..(count * size)], op.results.Address()) ? 0 : LibC.EFAULT;
    }

    private static int TakeArray(ref IoctlCall call, nuint count, nint address, int size, out RentedBytes array)
    {
        array = default;
        return count == 0 ? LibC.EINVAL
            : count > MostElements || !RentedBytes.TryRent(call.File.Bytes, (long)count * size, out array) ? LibC.ENOMEM
            : call.Caller.CopyIn(address.Address(), array.Bytes) ? 0
            : LibC.EFAULT;
    }

    private static int ForEach<T>(ref IoctlCall call, StructCodec<T> codec, nuint count, nint address, ElementHandler<T> handler)
        where T : unmanaged
    {
        int size = codec.Size(call.WordSize);
        int error = TakeArray(ref call, count, address, size, out RentedBytes array);
        using (array)
        {
            if (error != 0)
            {
                return error;
            }

            for (int i = 0; i < (int)count; i++)
            {
                Span<byte> bytes = array.Bytes.Slice(i * size, size);
                T element = codec.Decode(bytes, call.WordSize);
                handler(ref call, ref element);
                codec.Encode(element, bytes, call.WordSize);
            }

            return call.Caller.CopyOut(array.Bytes, address.Address()) ? 0 : LibC.EFAULT;
        }
    }
}
