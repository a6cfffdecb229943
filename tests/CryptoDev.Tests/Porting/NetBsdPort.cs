using System.Runtime.InteropServices;
using CryptoDev.Ioctl;
using static CryptoDev.Ioctl.NetBsd;

namespace CryptoDev.Tests.Porting;

/// <summary>The NetBSD examples of docs/porting.md.</summary>
internal static class NetBsdPort
{
    // <netbsd-many>
    public static unsafe int EncryptMany(byte[] key, byte[] iv, byte[][] messages)
    {
        using NetBsdFile fd = NetBsdFile.Open();
        crypt_n_op* reqs = stackalloc crypt_n_op[messages.Length];
        fixed (
            byte* k = key,
                v = iv
        )
        {
            session_op sess = new()
            {
                cipher = CRYPTO_AES_CBC,
                keylen = (uint)key.Length,
                key = (nint)k,
            };
            int error = fd.Ioctl(CIOCGSESSION, ref sess);
            if (error < 0)
            {
                return error;
            }

            GCHandle[] pins = [.. messages.Select(message => GCHandle.Alloc(message, GCHandleType.Pinned))];
            for (int i = 0; i < messages.Length; i++)
            {
                nint data = pins[i].AddrOfPinnedObject();
                reqs[i] = new crypt_n_op
                {
                    ses = sess.ses,
                    op = COP_ENCRYPT,
                    len = (uint)messages[i].Length,
                    src = data,
                    dst = data,
                    iv = (nint)v,
                    opaque = i,
                };
            }
            crypt_mop mop = new() { count = (nuint)messages.Length, reqs = (nint)reqs };
            error = fd.Ioctl(CIOCNCRYPTM, ref mop);
            for (int left = messages.Length; error == 0 && left > 0; )
            {
                fd.Poll(POLLIN, -1); // one at a time: a larger count can spin in the kernel
                crypt_result result = default;
                cryptret ret = new() { count = 1, results = (nint)(&result) };
                error = fd.Ioctl(CIOCNCRYPTRETM, ref ret);
                if (error == 0 && result.status != 0)
                {
                    error = -(int)result.status;
                }

                left--;
            }
            Array.ForEach(pins, pin => pin.Free());
            return error;
        }
    }

    // </netbsd-many>

    private const short POLLIN = 1;
}
