using System.Numerics;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.KeyOps;

/// <summary>Every operation against System.Numerics.BigInteger. CRYPTODEV_SEED repeats a run.</summary>
public sealed class KeyOpRandomTests : IDisposable
{
    private static readonly int s_rounds = Environment.GetEnvironmentVariable("CRYPTODEV_LONG") is null ? 400 : 20_000;

    private readonly CryptoDevice _device = CryptoDevice.Open(new CryptoDeviceOptions { Policy = DriverPolicy.SoftwareOnly });
    private readonly BigNumbers _numbers = new();

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Powers_of_short_operands()
    {
        for (int round = 0; round < s_rounds; round++)
        {
            BigInteger a = _numbers.OfBits(_numbers.EdgeBits(1024));
            BigInteger e = _numbers.OfBits(_numbers.EdgeBits(512));
            BigInteger m = _numbers.Modulus(1024);
            CheckPower(a, e, m, round);
        }
    }

    [Theory]
    [InlineData(16384, 40, 16384)]
    [InlineData(16384, 16384, 256)]
    [InlineData(1, 16384, 64)]
    [InlineData(16384, 3, 1)]
    [InlineData(0, 16384, 512)]
    [InlineData(2048, 2048, 2048)]
    [InlineData(4096, 64, 4096)]
    public void Powers_of_long_operands(int baseBits, int exponentBits, int modulusBits)
    {
        foreach (bool even in new[] { false, true })
        {
            BigInteger m = _numbers.OfBits(modulusBits);
            m = even && m > 1 ? (m >> 1) << 1 : m | 1;
            CheckPower(_numbers.OfBits(baseBits), _numbers.OfBits(exponentBits), m, modulusBits);
        }

        CheckPower(_numbers.OfBits(baseBits), _numbers.OfBits(exponentBits), BigInteger.One << (modulusBits - 1), modulusBits);
    }

    [Fact]
    public void Sums_differences_products_remainders_and_inverses()
    {
        for (int round = 0; round < s_rounds; round++)
        {
            int most = round % 10 == 0 ? KeyOp.MaxOperandBits : 2100;
            BigInteger a = _numbers.OfBits(_numbers.EdgeBits(most));
            BigInteger b = _numbers.OfBits(_numbers.EdgeBits(most));
            BigInteger m = _numbers.Modulus(most);
            if (round % 7 == 0)
            {
                a = m + _numbers.Next(2) - 1;
            }

            string what = $"round {round}, seed {_numbers.Seed}: a = {a:x}, b = {b:x}, m = {m:x}";
            byte[] x = _numbers.Padded(a);
            byte[] y = _numbers.Padded(b);
            byte[] n = _numbers.Padded(m);
            Run(KeyOp.ModAdd(x, y, n)).Should().Be((a + b) % m, what);
            Run(KeyOp.ModAddInv(x, n)).Should().Be((m - (a % m)) % m, what);
            Run(KeyOp.ModSub(x, y, n)).Should().Be((((a - b) % m) + m) % m, what);
            Run(KeyOp.ModMult(x, y, n)).Should().Be(a * b % m, what);
            Run(KeyOp.Mod(x, n)).Should().Be(a % m, what);
            Run(KeyOp.ModMultInv(x, n), LibC.EDOM).Should().Be(BigNumbers.Inverse(a, m), what);
        }
    }

    [Fact]
    public void The_remainder_theorem_with_keys()
    {
        for (int round = 0; round < s_rounds / 8; round++)
        {
            BigInteger p = _numbers.Prime(8 + _numbers.Next(400));
            BigInteger q;
            BigInteger? d = null;
            BigInteger e = round % 2 == 0 ? 65537 : _numbers.OfBits(64) | 1;
            do
            {
                q = _numbers.Prime(8 + _numbers.Next(400));
                if (q != p)
                {
                    d = BigNumbers.Inverse(e, (p - 1) * (q - 1));
                }
                else
                {
                    continue;
                }

                if (d is null)
                {
                    e += 2;
                }
            } while (d is null);

            BigInteger n = p * q;
            BigInteger message = round % 5 == 0 ? n + _numbers.Below(n) : _numbers.Below(n);
            using KeyOp op = KeyOp.ModExpCrt(
                _numbers.Padded(p),
                _numbers.Padded(q),
                _numbers.Padded(message),
                _numbers.Padded(d.Value % (p - 1)),
                _numbers.Padded(d.Value % (q - 1)),
                _numbers.Padded(BigNumbers.Inverse(q, p)!.Value)
            );
            using KeyResult result = _device.Process(op);
            BigNumbers
                .From(result.ToArray())
                .Should()
                .Be(BigInteger.ModPow(message, d.Value, n), $"round {round}, seed {_numbers.Seed}: p = {p:x}, q = {q:x}, e = {e:x}");
        }
    }

    [Fact]
    public void The_remainder_theorem_with_numbers_that_are_no_key()
    {
        int refused = 0;
        int served = 0;
        for (int round = 0; round < s_rounds; round++)
        {
            int most = round % 2 == 0 ? 6 : 300;
            BigInteger p = _numbers.Modulus(Math.Max(most, 3));
            BigInteger q = _numbers.Modulus(Math.Max(most, 3));
            BigInteger message = _numbers.OfBits(_numbers.EdgeBits(2 * most));
            BigInteger dp = _numbers.OfBits(_numbers.EdgeBits(most));
            BigInteger dq = _numbers.OfBits(_numbers.EdgeBits(most));
            BigInteger qInverse = _numbers.OfBits(_numbers.EdgeBits(most));
            if (round % 8 == 1)
            {
                // A key with one damaged part.
                (p, q) = (_numbers.Prime(60), _numbers.Prime(61));
                (dp, dq) = (BigNumbers.Inverse(65537, p - 1) ?? 1, BigNumbers.Inverse(65537, q - 1) ?? 1);
            }

            BigInteger n = p * q;
            BigInteger half = BigInteger.ModPow(message % p, dp, p) - BigInteger.ModPow(message % q, dq, q);
            BigInteger expected = BigInteger.ModPow(message % q, dq, q) + (q * (((half * qInverse % p) + p) % p));
            BigInteger? e = p.IsEven || q.IsEven || p.IsOne || q.IsOne ? null : BigNumbers.Inverse(dp, p - 1);
            bool isKey = e is not null && e.Value * dq % (q - 1) == 1 % (q - 1) && q > 2;
            using KeyOp op = KeyOp.ModExpCrt(Padded(p), Padded(q), Padded(message), Padded(dp), Padded(dq), Padded(qInverse));
            string what = $"round {round}, seed {_numbers.Seed}: p = {p}, q = {q}, I = {message}, dp = {dp}, dq = {dq}, qinv = {qInverse}";
            using KeyResult result = _device.Process([op])[0];
            if (!isKey)
            {
                result.Error.Should().BeNull(what);
                BigNumbers.From(result.ToArray()).Should().Be(expected, what);
                served++;
            }
            else if (result.Error is null)
            {
                // The blinded calculation may be right by chance where the plain one is not; what leaves is right.
                BigInteger.ModPow(BigNumbers.From(result.ToArray()), e!.Value, n).Should().Be(message % n, what);
            }
            else
            {
                bool isSound = BigNumbers.IsPrime(p) && BigNumbers.IsPrime(q) && q * qInverse % p == 1;
                (result.Status, isSound).Should().Be((LibC.EINVAL, false), what);
                refused++;
            }
        }

        refused.Should().BePositive();
        served.Should().BePositive();
    }

    [Fact]
    public void Signatures_in_random_groups()
    {
        for (int round = 0; round < s_rounds / 8; round++)
        {
            BigInteger q = _numbers.Prime(20 + _numbers.Next(150));
            (BigInteger p, BigInteger g) = Group(q);
            BigInteger x = 1 + _numbers.Below(q - 1);
            BigInteger y = BigInteger.ModPow(g, x, p);
            byte[] digest = new byte[1 + _numbers.Next(70)];
            new Random(_numbers.Next(int.MaxValue)).NextBytes(digest);
            string what =
                $"round {round}, seed {_numbers.Seed}: p = {p:x}, q = {q:x}, g = {g:x}, x = {x:x}, digest = {Convert.ToHexString(digest)}";
            using KeyOp sign = KeyOp.DsaSign(digest, Padded(p), Padded(q), Padded(g), Padded(x), (DsaNonce)(round % 2));
            using KeyResult signature = _device.Process(sign);
            BigInteger r = BigNumbers.From(signature.ToArray(0));
            BigInteger s = BigNumbers.From(signature.ToArray(1));
            IsGood(digest, p, q, g, y, r, s).Should().BeTrue(what);
            Verify(digest, p, q, g, y, r, s).Should().BeTrue(what);
            BigInteger otherR = _numbers.Below(q);
            BigInteger otherS = round % 3 == 0 ? q + s : _numbers.Below(q);
            Verify(digest, p, q, g, y, otherR, otherS).Should().Be(IsGood(digest, p, q, g, y, otherR, otherS), what);
        }
    }

    [Fact]
    public void Shared_values()
    {
        for (int round = 0; round < s_rounds / 2; round++)
        {
            BigInteger p = _numbers.Modulus(600) + 5;
            BigInteger y = 2 + _numbers.Below(p - 3);
            BigInteger x = _numbers.OfBits(1 + _numbers.EdgeBits(600));
            Run(KeyOp.DhComputeKey(Padded(x), Padded(y), Padded(p)))
                .Should()
                .Be(BigInteger.ModPow(y, x, p), $"round {round}, seed {_numbers.Seed}: p = {p:x}, y = {y:x}, x = {x:x}");
        }
    }

    [Fact]
    public void Raw_parameters_give_what_the_factories_give()
    {
        for (int round = 0; round < s_rounds / 4; round++)
        {
            BigInteger a = _numbers.OfBits(_numbers.EdgeBits(700));
            BigInteger e = _numbers.OfBits(_numbers.EdgeBits(200));
            BigInteger m = _numbers.Modulus(700);
            int spare = _numbers.Next(3) * 8;
            int bits = (int)m.GetBitLength() + spare;
            using KeyOp op = KeyOp.FromParameters(
                KeyOperation.ModExp,
                [(int)a.GetBitLength(), (int)e.GetBitLength() + spare, bits],
                [bits]
            );
            op.GetParameter(0).CopyFrom(Enumerable.Reverse(BigNumbers.Bytes(a)).ToArray());
            op.GetParameter(1).CopyFrom(Enumerable.Reverse(BigNumbers.Bytes(e)).ToArray());
            op.GetParameter(2).CopyFrom(Enumerable.Reverse(BigNumbers.Bytes(m)).ToArray());
            using KeyResult result = _device.Process(op);
            BigInteger expected = BigInteger.ModPow(a, e, m);
            new BigInteger(op.GetParameter(3).ToArray(), isUnsigned: true).Should().Be(expected, $"round {round}, seed {_numbers.Seed}");
            BigNumbers.From(result.ToArray()).Should().Be(expected);
            result.GetLength().Should().Be((bits + 7) / 8);
        }
    }

    private static bool IsGood(byte[] digest, BigInteger p, BigInteger q, BigInteger g, BigInteger y, BigInteger r, BigInteger s)
    {
        if (r.IsZero || s.IsZero || r >= q || s >= q || BigNumbers.Inverse(s, q) is not { } w)
        {
            return false;
        }

        BigInteger z = BigNumbers.From(digest) >> (int)Math.Max(0, (digest.Length * 8) - q.GetBitLength());
        return BigInteger.ModPow(g, z * w % q, p) * BigInteger.ModPow(y, r * w % q, p) % p % q == r;
    }

    private (BigInteger P, BigInteger G) Group(BigInteger q)
    {
        while (true)
        {
            BigInteger cofactor = 2 * (1 + _numbers.Below(BigInteger.One << 40));
            BigInteger p = (q * cofactor) + 1;
            BigInteger g = BigNumbers.IsPrime(p) ? BigInteger.ModPow(2 + _numbers.Below(p - 3), cofactor, p) : 1;
            if (!g.IsOne)
            {
                return (p, g);
            }
        }
    }

    private byte[] Padded(BigInteger number) => _numbers.Padded(number);

    private void CheckPower(BigInteger a, BigInteger e, BigInteger m, int round) =>
        Run(KeyOp.ModExp(Padded(a), Padded(e), Padded(m)))
            .Should()
            .Be(BigInteger.ModPow(a, e, m), $"round {round}, seed {_numbers.Seed}: {a:x} ^ {e:x} mod {m:x}");

    private bool Verify(byte[] digest, BigInteger p, BigInteger q, BigInteger g, BigInteger y, BigInteger r, BigInteger s)
    {
        using KeyOp op = KeyOp.DsaVerify(digest, Padded(p), Padded(q), Padded(g), Padded(y), Padded(r), Padded(s));
        using KeyResult verdict = _device.Process(op);
        return verdict.IsValid;
    }

    private BigInteger? Run(KeyOp op, int expectedError = 0)
    {
        using (op)
        {
            try
            {
                using KeyResult result = _device.Process(op);
                result.GetLength().Should().Be((op.GetParameter(op.InputCount).Bits + 7) / 8);
                return BigNumbers.From(result.ToArray());
            }
            catch (CryptoDevException error) when (error.Errno == expectedError && expectedError != 0)
            {
                return null;
            }
        }
    }
}
