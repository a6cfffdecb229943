using System.Numerics;
using CryptoDev.Drivers.Software.KeyOps;
using CryptoDev.Native;
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
                vector.Hex("p"),
                vector.Hex("q"),
                vector.Hex("message"),
                vector.Hex("dp"),
                vector.Hex("dq"),
                vector.Hex("qinverse")
            );
            using KeyResult message = _device.Process(decrypt);
            message.ToArray().Should().Equal(vector.Hex("result"), vector["source"]);
            message.Driver!.Name.Should().Be("software");

            byte[] n = (BigNumbers.From(vector.Hex("p")) * BigNumbers.From(vector.Hex("q"))).ToByteArray(
                isUnsigned: true,
                isBigEndian: true
            );
            using KeyOp encrypt = KeyOp.ModExp(vector.Hex("result"), vector.Hex("e"), n);
            using KeyResult back = _device.Process(encrypt);
            back.ToArray().Should().Equal(vector.Hex("message"), vector["source"]);
            records++;
        }

        records.Should().Be(3);
    }

    [Fact]
    public void Dsa_signatures_of_the_documents_are_made_and_accepted_and_every_changed_one_is_refused()
    {
        int made = 0;
        int verified = 0;
        foreach (Dictionary<string, string> vector in KeyVectors.Read("dsa.txt"))
        {
            Verify(vector, vector.Hex("digest"), vector.Hex("r"), vector.Hex("s")).Should().BeTrue(vector["source"]);
            Verify(vector, [(byte)(vector.Hex("digest")[0] ^ 1), .. vector.Hex("digest")[1..]], vector.Hex("r"), vector.Hex("s"))
                .Should()
                .BeFalse(vector["source"]);
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
                signature.ToArray(0).Should().Equal(vector.Hex("r"), vector["source"]);
                signature.ToArray(1).Should().Equal(vector.Hex("s"), vector["source"]);
                made++;
            }
        }

        made.Should().Be(20);
        verified.Should().Be(22);
    }

    /// <summary>RFC 6979, A.1: q has 163 bits, no whole bytes, and only the third number that comes out is below it.</summary>
    [Fact]
    public void The_nonce_of_the_detailed_example()
    {
        using BigNumWorkspace work = new();
        BigNumHandle q = Number("04000000000000000000020108A2E0CC0D99F8A5EF");
        byte[] digest = Convert.FromHexString("AF2BDBE1AA9B6EC1E2ADE1D694F41FC71A831D0268E9891562113D8A62ADD1BF");
        using DeterministicNonce nonces = new(
            digest,
            Number("009A4D6792295A7F730FC3F2B49CBC0F62E862272F"),
            Number("01795EDF0D54DB760F156D0DAC04C0322B3A204224"),
            q
        );
        nonces.Next(work).IsSameAs(Number("023AF4074C90A02B3FE61D286D5C87F425E6BDD81B")).Should().BeTrue();

        BigNumHandle Number(string hex) => work.Load(Enumerable.Reverse(Convert.FromHexString(hex)).ToArray());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(62)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(160)]
    [InlineData(163)]
    [InlineData(256)]
    public void Every_nonce_becomes_an_exponent_of_one_length_and_sums_are_reduced(int bits)
    {
        using BigNumWorkspace work = new();
        BigNumbers numbers = new();
        for (int round = 0; round < 50; round++)
        {
            BigInteger q = numbers.OfBits(bits) | 1;
            BigInteger k = round switch
            {
                0 => 1,
                1 => q - 1,
                2 => (BigInteger.One << bits) - q,
                _ => 1 + numbers.Below(q - 1),
            };
            BigNumHandle exponent = DsaSignature.FixedLength(work, Number(k), Number(q));
            exponent.Bits.Should().Be(bits + 1, $"q = {q}, k = {k}");
            byte[] bytes = new byte[(bits / 8) + 1];
            exponent.TryWrite(bytes).Should().BeTrue();
            (new BigInteger(bytes, isUnsigned: true) % q).Should().Be(k % q);

            BigInteger other = round switch
            {
                0 => q - 1,
                1 => q - 1,
                2 => q - k,
                _ => numbers.Below(q),
            };
            DsaSignature.Sum(work, Number(k), Number(other), Number(q)).TryWrite(bytes).Should().BeTrue();
            new BigInteger(bytes, isUnsigned: true).Should().Be((k + other) % q, $"q = {q}, {k} + {other}");
        }

        BigNumHandle Number(BigInteger number) => work.Load(number.ToByteArray(isUnsigned: true));
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
            Verify(vector, vector.Hex("digest"), signature.ToArray(0), signature.ToArray(1)).Should().BeTrue();
            seen.Add(Convert.ToHexString(signature.ToArray())).Should().BeTrue("a nonce must not come twice");
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
                shared.ToArray().Should().Equal(vector.Hex("z"), vector["source"]);
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
