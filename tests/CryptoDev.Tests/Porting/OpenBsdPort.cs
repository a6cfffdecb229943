using CryptoDev.Ioctl;
using static CryptoDev.Ioctl.OpenBsd;

namespace CryptoDev.Tests.Porting;

/// <summary>The OpenBSD examples of docs/porting.md.</summary>
internal static class OpenBsdPort
{
    // <openbsd-key>
    public static unsafe int ModExp(byte[] a, byte[] p, byte[] m, byte[] result)
    {
        using OpenBsdFile device = OpenBsdFile.Open();
        int error = device.CrioGet(out OpenBsdFile? fd); // the opened device takes nothing else
        if (error < 0)
        {
            return error;
        }

        using (fd)
        {
            fixed (
                byte* pa = a,
                    pp = p,
                    pm = m,
                    pr = result
            )
            {
                crypt_kop kop = new()
                {
                    crk_op = CRK_MOD_EXP,
                    crk_iparams = 3,
                    crk_oparams = 1,
                };
                kop.crk_param[0] = new crparam { crp_p = (nint)pa, crp_nbits = (uint)a.Length * 8 };
                kop.crk_param[1] = new crparam { crp_p = (nint)pp, crp_nbits = (uint)p.Length * 8 };
                kop.crk_param[2] = new crparam { crp_p = (nint)pm, crp_nbits = (uint)m.Length * 8 };
                kop.crk_param[3] = new crparam { crp_p = (nint)pr, crp_nbits = (uint)result.Length * 8 };
                return fd!.Ioctl(CIOCKEY, ref kop); // all numbers least significant byte first
            }
        }
    }
    // </openbsd-key>
}
