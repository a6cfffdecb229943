using CryptoDev.Ioctl;
using static CryptoDev.Ioctl.FreeBsd;

namespace CryptoDev.Tests.Porting;

/// <summary>The FreeBSD examples of docs/porting.md.</summary>
internal static class FreeBsdPort
{
    // <freebsd-aead>
    public static unsafe int Seal(byte[] key, byte[] iv, byte[] aad, byte[] data, byte[] tag)
    {
        using FreeBsdFile fd = FreeBsdFile.Open();
        fixed (
            byte* k = key,
                v = iv,
                a = aad,
                d = data,
                t = tag
        )
        {
            session2_op sess = new()
            {
                cipher = CRYPTO_AES_NIST_GCM_16,
                keylen = (uint)key.Length,
                key = (nint)k,
                crid = CRYPTO_FLAG_HARDWARE | CRYPTO_FLAG_SOFTWARE,
            };
            int error = fd.Ioctl(CIOCGSESSION2, ref sess);
            if (error < 0)
            {
                return error;
            }

            crypt_aead caead = new()
            {
                ses = sess.ses,
                op = COP_ENCRYPT,
                len = (uint)data.Length,
                src = (nint)d,
                dst = (nint)d,
                tag = (nint)t,
                aad = (nint)a,
                aadlen = (uint)aad.Length,
                iv = (nint)v,
                ivlen = (uint)iv.Length,
            };
            error = fd.Ioctl(CIOCCRYPTAEAD, ref caead); // decrypting: -EBADMSG when the tag is wrong
            fd.Ioctl(CIOCFSESSION, ref sess.ses);
            return error;
        }
    }
    // </freebsd-aead>
}
