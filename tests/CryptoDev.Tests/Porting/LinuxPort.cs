using CryptoDev.Ioctl;
using static CryptoDev.Ioctl.CryptodevLinux;

namespace CryptoDev.Tests.Porting;

/// <summary>The cryptodev-linux examples of docs/porting.md, word for word; a test compares them with the text and runs them.</summary>
internal static class LinuxPort
{
    // <linux-cipher>
    public static unsafe int Encrypt(byte[] key, byte[] iv, byte[] data)
    {
        using CryptodevLinuxFile fd = CryptodevLinuxFile.Open();
        fixed (
            byte* k = key,
                v = iv,
                d = data
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

            crypt_op cryp = new()
            {
                ses = sess.ses,
                op = COP_ENCRYPT,
                len = (uint)data.Length,
                src = (nint)d,
                dst = (nint)d,
                iv = (nint)v,
            };
            error = fd.Ioctl(CIOCCRYPT, ref cryp);
            fd.Ioctl(CIOCFSESSION, ref sess.ses);
            return error;
        }
    }

    // </linux-cipher>

    // <linux-hash>
    public static unsafe int Hash(byte[] head, byte[] tail, byte[] digest)
    {
        using CryptodevLinuxFile fd = CryptodevLinuxFile.Open();
        session_op sess = new() { mac = CRYPTO_SHA2_256 };
        int error = fd.Ioctl(CIOCGSESSION, ref sess);
        if (error < 0)
        {
            return error;
        }

        fixed (
            byte* h = head,
                t = tail,
                m = digest
        )
        {
            crypt_op cryp = new()
            {
                ses = sess.ses,
                flags = COP_FLAG_UPDATE,
                len = (uint)head.Length,
                src = (nint)h,
            };
            if ((error = fd.Ioctl(CIOCCRYPT, ref cryp)) < 0)
            {
                return error;
            }

            cryp.flags = COP_FLAG_FINAL; // set anew: the kernel writes flags back
            cryp.len = (uint)tail.Length;
            cryp.src = (nint)t;
            cryp.mac = (nint)m;
            return fd.Ioctl(CIOCCRYPT, ref cryp);
        }
    }
    // </linux-hash>
}
