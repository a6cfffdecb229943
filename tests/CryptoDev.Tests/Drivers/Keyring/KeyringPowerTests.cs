using System.Numerics;
using CryptoDev.Drivers.Keyring;
using CryptoDev.Tests.KeyOps;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.Keyring;

/// <summary>When zeros from the kernel are a result and when they are a failure that it does not report.</summary>
public sealed class KeyringPowerTests
{
    [Fact]
    public void A_zero_is_believed_where_the_modulus_divides_the_power()
    {
        BigNumbers numbers = new();
        int zeros = 0;
        for (int round = 0; round < 2000; round++)
        {
            // Products of small primes, so that many powers are 0 and many just not.
            (BigInteger a, BigInteger m) = (Smooth(numbers), Smooth(numbers));
            BigInteger e = round % 10 == 0 ? numbers.OfBits(1 + numbers.Next(100)) : numbers.Next(round % 2 == 0 ? 12 : 70_000);
            bool isZero = BigInteger.ModPow(a, e, m).IsZero;
            KeyringPower
                .MayBeZero(LittleEndian(a), LittleEndian(e), LittleEndian(m))
                .Should()
                .Be(isZero, $"round {round}, seed {numbers.Seed}: {a}^{e} mod {m}");
            zeros += isZero ? 1 : 0;
        }

        zeros.Should().BeInRange(100, 1900);
    }

    [Theory]
    [InlineData(0, 0, 7, false)]
    [InlineData(0, 5, 7, true)]
    [InlineData(6, 0, 1, true)]
    [InlineData(6, 9, 1, true)]
    [InlineData(6, 2, 24, false)]
    [InlineData(6, 3, 24, true)]
    public void Edges(int a, int e, int m, bool expected) =>
        KeyringPower.MayBeZero(LittleEndian(a), LittleEndian(e), LittleEndian(m)).Should().Be(expected);

    private static BigInteger Smooth(BigNumbers numbers)
    {
        BigInteger number = 1;
        foreach (int prime in new[] { 2, 3, 5, 251 })
        {
            number *= BigInteger.Pow(prime, numbers.Next(3) == 0 ? 0 : numbers.Next(30));
        }

        return number;
    }

    private static byte[] LittleEndian(BigInteger number) => number.IsZero ? [] : number.ToByteArray(isUnsigned: true);
}
