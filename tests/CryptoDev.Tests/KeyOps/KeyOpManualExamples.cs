using System.Security.Cryptography;

namespace CryptoDev.Tests.KeyOps;

/// <summary>The examples of docs/keyop.md, word for word; a test compares them with the text and runs them.</summary>
internal static class KeyOpManualExamples
{
    public static string ModExp()
    {
        // <modexp>
        using CryptoDevice device = CryptoDevice.Open();
        using KeyOp op = KeyOp.ModExp([4], [13], [0x01, 0xF1]); // 4^13 mod 497
        using KeyResult result = device.Process(op);
        string answer = Convert.ToHexString(result.ToArray()); // "01BD": 445
        // </modexp>
        return answer;
    }

    public static string Even()
    {
        // <even>
        using CryptoDevice device = CryptoDevice.Open();
        using KeyOp op = KeyOp.ModExp([3], [200], [0x03, 0xE8]); // 3^200 mod 1000
        using KeyResult result = device.Process(op);
        string answer = Convert.ToHexString(result.ToArray()); // "0001": 1
        // </even>
        return answer;
    }

    public static string ModExpCrt()
    {
        // <crt>
        using CryptoDevice device = CryptoDevice.Open();
        using KeyOp op = KeyOp.ModExpCrt(p: [61], q: [53], message: [0x0A, 0xE6], dp: [53], dq: [49], qInverse: [38]);
        using KeyResult result = device.Process(op);
        string answer = Convert.ToHexString(result.ToArray()); // "0041": 2790^2753 mod 3233 = 65
        // </crt>
        return answer;
    }

    public static string Dsa()
    {
        // <dsa>
        using CryptoDevice device = CryptoDevice.Open();
        byte[] p = [23],
            q = [11],
            g = [4],
            x = [7],
            y = [8]; // 4^7 mod 23 = 8
        byte[] digest = SHA256.HashData("sample"u8);
        using KeyOp sign = KeyOp.DsaSign(digest, p, q, g, x);
        using KeyResult signature = device.Process(sign);
        using KeyOp verify = KeyOp.DsaVerify(digest, p, q, g, y, signature.ToArray(0), signature.ToArray(1));
        using KeyResult verdict = device.Process(verify);
        string answer = verdict.IsValid ? "good" : "bad"; // "good"
        // </dsa>
        return answer;
    }

    public static string Dh()
    {
        // <dh>
        using CryptoDevice device = CryptoDevice.Open();
        using KeyOp op = KeyOp.DhComputeKey(privateKey: [6], publicKey: [19], prime: [23]);
        using KeyResult shared = device.Process(op);
        string answer = Convert.ToHexString(shared.ToArray()); // "02": 19^6 mod 23
        // </dh>
        return answer;
    }

    public static string Modular()
    {
        // <modular>
        using CryptoDevice device = CryptoDevice.Open();
        KeyOp[] ops =
        [
            KeyOp.ModAdd([20], [9], [23]), // 6
            KeyOp.ModAddInv([20], [23]), // 3
            KeyOp.ModSub([9], [20], [23]), // 12
            KeyOp.ModMult([20], [9], [23]), // 19
            KeyOp.ModMultInv([20], [23]), // 15
            KeyOp.Mod([200], [23]), // 16
        ];
        string answer = string.Join(' ', device.Process(ops).Select(result => result.ToArray()[0]));
        // </modular>
        return answer;
    }

    public static string Raw()
    {
        // <raw>
        using CryptoDevice device = CryptoDevice.Open();
        using KeyOp op = KeyOp.FromParameters(KeyOperation.ModExp, inputBits: [3, 4, 9], outputBits: [9]);
        op.GetParameter(0).CopyFrom([4]); // least significant byte first
        op.GetParameter(1).CopyFrom([13]);
        op.GetParameter(2).CopyFrom([0xF1, 0x01]);
        using KeyResult result = device.Process(op);
        string answer = Convert.ToHexString(op.GetParameter(3).ToArray()); // "BD01"
        // </raw>
        return answer;
    }

    public static string Features()
    {
        // <features>
        using CryptoDevice device = CryptoDevice.Open();
        KeyFeatures features = device.GetKeyFeatures();
        bool hasDsa = features.Mask.HasFlag(KeyFeatureMask.DsaSign | KeyFeatureMask.DsaVerify);
        string answer = hasDsa ? features.ServedBy[KeyOperation.DsaSign] : "nobody";
        // </features>
        return answer;
    }

    public static string KernelKeys()
    {
        // <kernelkey>
        using RSA rsa = RSA.Create(2048);
        byte[] digest = SHA256.HashData("sample"u8);
        string answer;
        try
        {
            using KernelKey key = KernelKey.ImportRsaPrivateKey(rsa.ExportParameters(includePrivateParameters: true));
            byte[] signature = key.RsaSign(digest, HashAlgorithmName.SHA256);
            answer = key.RsaVerify(digest, signature, HashAlgorithmName.SHA256) ? "good" : "bad";
        }
        catch (CryptoDevException absent)
        {
            answer = absent.ErrnoName; // no such keys here; the message says why and what would help
        }
        // </kernelkey>

        return answer;
    }
}
