using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.KeyOps;

/// <summary>Published numbers, on the software rung.</summary>
public sealed class KeyOpVectorTests : IDisposable
{
    private readonly CryptoDevice _device = CryptoDevice.Open(new CryptoDeviceOptions { Policy = DriverPolicy.SoftwareOnly });

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Rsa_by_the_remainder_theorem_and_by_one_exponentiation()
    {
        int records = 0;
        foreach (Dictionary<string, string> vector in KeyVectors.Read("rsa.txt"))
        {
            using KeyOp decrypt = KeyOp.ModExpCrt(
                vector.Hex("p"), vector.Hex("q"), vector.Hex("message"), vector.Hex("dp"), vector.Hex("dq"), vector.Hex("qinverse"));
            using KeyResult message = _device.Process(decrypt);
            message.Output.ToArray().Should().Equal(vector.Hex("result"), vector["source"]);
            message.Driver!.Name.Should().Be("software");

            byte[] n = (BigNumbers.From(vector.Hex("p")) * BigNumbers.From(vector.Hex("q"))).ToByteArray(isUnsigned: true, isBigEndian: true);
            using KeyOp encrypt = KeyOp.ModExp(vector.Hex("result"), vector.Hex("e"), n);
            using KeyResult back = _device.Process(encrypt);
            back.Output.ToArray().Should().Equal(vector.Hex("message"), vector["source"]);
            records++;
        }

        records.Should().BeGreaterThan(0);
    }

    [Fact]
    public void Dsa_signatures_of_the_documents_are_made_and_accepted_and_every_changed_one_is_refused()
    {
        int made = 0;
        int verified = 0;
        foreach (Dictionary<string, string> vector in KeyVectors.Read("dsa.txt"))
        {
            Verify(vector, vector.Hex("digest"), vector.Hex("r"), vector.Hex("s")).Should().BeTrue(vector["source"]);
            Verify(vector, [(byte)(vector.Hex("digest")[0] ^ 1), .. vector.Hex("digest")[1..]], vector.Hex("r"), vector.Hex("s")).Should().BeFalse(vector["source"]);
            Verify(vector, vector.Hex("digest"), Flipped(vector.Hex("r")), vector.Hex("s")).Should().BeFalse(vector["source"]);
            Verify(vector, vector.Hex("digest"), vector.Hex("r"), Flipped(vector.Hex("s"))).Should().BeFalse(vector["source"]);
            Verify(vector, vector.Hex("digest"), vector.Hex("s"), vector.Hex("r")).Should().BeFalse(vector["source"]);
            Verify(vector, vector.Hex("digest"), [], vector.Hex("s")).Should().BeFalse("r is 0");
            Verify(vector, vector.Hex("digest"), vector.Hex("r"), vector.Hex("q")).Should().BeFalse("s is q");
            verified++;
            if (vector.ContainsKey("deterministic"))
            {
                using KeyOp op = Sign(vector, DsaNonce.Deterministic);
                using KeyResult signature = _device.Process(op);
                signature.GetOutput(0).ToArray().Should().Equal(vector.Hex("r"), vector["source"]);
                signature.GetOutput(1).ToArray().Should().Equal(vector.Hex("s"), vector["source"]);
                made++;
            }
        }

        made.Should().Be(20);
        verified.Should().Be(22);
    }

    [Fact]
    public void Dsa_with_random_nonces_differs_every_time_and_is_accepted()
    {
        Dictionary<string, string> vector = KeyVectors.Read("dsa.txt").First();
        HashSet<string> seen = [];
        for (int i = 0; i < 5; i++)
        {
            using KeyOp op = Sign(vector, DsaNonce.Random);
            using KeyResult signature = _device.Process(op);
            Verify(vector, vector.Hex("digest"), signature.GetOutput(0).ToArray(), signature.GetOutput(1).ToArray()).Should().BeTrue();
            seen.Add(Convert.ToHexString(signature.Output)).Should().BeTrue("a nonce must not come twice");
        }
    }

    [Fact]
    public void Diffie_and_Hellman_agree_from_both_sides()
    {
        int records = 0;
        foreach (Dictionary<string, string> vector in KeyVectors.Read("dh.txt"))
        {
            foreach ((string mine, string theirs) in new[] { ("xa", "yb"), ("xb", "ya") })
            {
                using KeyOp op = KeyOp.DhComputeKey(vector.Hex(mine), vector.Hex(theirs), vector.Hex("prime"));
                using KeyResult shared = _device.Process(op);
                shared.Output.ToArray().Should().Equal(vector.Hex("z"), vector["source"]);
            }

            records++;
        }

        records.Should().Be(2);
    }

    private static byte[] Flipped(byte[] bytes)
    {
        byte[] flipped = [.. bytes];
        flipped[^1] ^= 1;
        return flipped;
    }

    private static KeyOp Sign(Dictionary<string, string> vector, DsaNonce nonce) =>
        KeyOp.DsaSign(vector.Hex("digest"), vector.Hex("p"), vector.Hex("q"), vector.Hex("g"), vector.Hex("x"), nonce);

    private bool Verify(Dictionary<string, string> vector, byte[] digest, byte[] r, byte[] s)
    {
        using KeyOp op = KeyOp.DsaVerify(digest, vector.Hex("p"), vector.Hex("q"), vector.Hex("g"), vector.Hex("y"), r, s);
        using KeyResult verdict = _device.Process(op);
        verdict.Error.Should().BeNull();
        verdict.OutputCount.Should().Be(0);
        return verdict.IsValid;
    }
}
