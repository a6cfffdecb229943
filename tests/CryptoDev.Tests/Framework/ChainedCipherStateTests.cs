using System.Buffers.Binary;
using System.Security.Cryptography;
using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

/// <summary>Chaining computed by the framework, over a driver that knows whole short messages only.</summary>
public sealed class ChainedCipherStateTests
{
    private const int DriverLimit = 128;

    public static TheoryData<string, CryptDirection> Modes
    {
        get
        {
            TheoryData<string, CryptDirection> modes = [];
            foreach (string name in new[] { "aes-ecb", "aes-cbc", "aes-ctr", "aes-cfb", "aes-ofb", "chacha20", "null" })
            {
                modes.Add(name, CryptDirection.Encrypt);
                modes.Add(name, CryptDirection.Decrypt);
            }

            return modes;
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Pieces_equal_the_whole(string name, CryptDirection direction)
    {
        int seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        Random random = new(seed);
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        for (int round = 0; round < 40; round++)
        {
            byte[] input = new byte[random.Next(0, 40) * 16];
            if (algorithm.BlockSize == 1)
            {
                Array.Resize(ref input, input.Length + random.Next(16));
            }

            random.NextBytes(input);
            byte[] iv = new byte[algorithm.IvSizes.Default];
            random.NextBytes(iv);
            if (round % 3 == 0 && name == "aes-ctr")
            {
                Array.Fill(iv, (byte)0xFF);
            }

            if (name == "chacha20")
            {
                BinaryPrimitives.WriteUInt32LittleEndian(iv, 5);
            }

            byte[] expected = new byte[input.Length];
            ModeSession.Run(algorithm, direction, iv, input, expected);

            using ModeSession driver = new(algorithm, DriverLimit);
            using ChainedCipherState state = new(driver, algorithm, direction, iv);
            byte[] output = round % 2 == 0 ? new byte[input.Length] : [.. input];
            for (int at = 0; at < input.Length; )
            {
                int piece = Math.Min(
                    input.Length - at,
                    random.Next(1, 20) * (algorithm.BlockSize == 1 ? random.Next(1, 16) : algorithm.BlockSize)
                );
                state.Update(round % 2 == 0 ? input.AsSpan(at, piece) : output.AsSpan(at, piece), output.AsSpan(at, piece));
                at += piece;
            }

            output.Should().Equal(expected, $"{name} {direction}, {input.Length} bytes, round {round}, seed {seed}");
            driver.Longest.Should().BeLessThanOrEqualTo(DriverLimit);
        }
    }

    [Theory]
    [InlineData("arc4")]
    [InlineData("aes-xts")]
    [InlineData("aes-gcm")]
    public void What_cannot_chain_is_refused(string name)
    {
        Action make = () => new ChainedCipherState(new FakeSession(), CryptoAlgorithm.Parse(name), CryptDirection.Encrypt, []).Dispose();
        make.Should().Throw<InvalidOperationException>().WithMessage($"The state of {name} cannot be carried in an IV.");
    }
}
