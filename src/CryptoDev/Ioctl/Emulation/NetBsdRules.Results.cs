using CryptoDev.Native;
using static CryptoDev.Ioctl.NetBsd;
using Table = CryptoDev.Dialects.NetBsdTable;

namespace CryptoDev.Ioctl.Emulation;

/// <content>
/// The calls that fetch results. They copy a result to where its element said.
/// </content>
internal sealed partial class NetBsdRules
{
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
            // Like the kernel, read the array first: if it cannot be read, no result is taken.
            return most == 0 || call.Caller.CopyIn(op.results.Address(), array.Bytes)
                ? FetchInto(ref call, op, most, array.Bytes)
                : LibC.EFAULT;
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

        // Elements beyond the count are not written.
        return count == 0 || call.Caller.CopyOut(array[..(count * size)], op.results.Address()) ? 0 : LibC.EFAULT;
    }
}
