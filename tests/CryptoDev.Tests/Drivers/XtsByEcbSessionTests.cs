using System.Security.Cryptography;
using CryptoDev.Drivers.Software;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers;

/// <summary>XTS of our own, for keys with equal halves. With other keys libcrypto has the same result.</summary>
public sealed class XtsByEcbSessionTests
{
    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public void It_does_what_libcrypto_does_at_every_length(int keyLength)
    {
        using CryptoKey key = new(RandomNumberGenerator.GetBytes(keyLength));
        CryptoTransform transform = SessionParameters.Cipher(CryptoAlgorithm.AesXts, key).Transforms[0];
        using XtsByEcbSession ours = new(transform, DriverKind.Generic);
        using CipherSession theirs = new(transform, DriverKind.Generic);
        foreach (int length in Enumerable.Range(16, 50).Concat([4095, 4096, 4097, 4112, 4113, 8191, 8200, 20000]))
        {
            byte[] message = RandomNumberGenerator.GetBytes(length);
            byte[] unit = RandomNumberGenerator.GetBytes(16);
            byte[] expected = new byte[length];
            byte[] sealedText = new byte[length];
            theirs.Process(CryptOp.Encrypt(message, expected, unit));
            ours.Process(CryptOp.Encrypt(message, sealedText, unit)).Should().Be(length);
            sealedText.Should().Equal(expected, "{0} bytes", length);

            byte[] opened = new byte[length];
            ours.Process(CryptOp.Decrypt(sealedText, opened, unit)).Should().Be(length);
            opened.Should().Equal(message, "{0} bytes", length);

            byte[] inPlace = [.. message];
            ours.Process(CryptOp.Encrypt(inPlace, inPlace, unit));
            inPlace.Should().Equal(expected, "{0} bytes in place", length);
            ours.Process(CryptOp.Decrypt(inPlace, inPlace, unit));
            inPlace.Should().Equal(message, "{0} bytes in place", length);
        }

        ours.Statistics.Operations.Should().Be(4 * 58);
        ours.Statistics.Failures.Should().Be(0);
    }

    /// <summary>IEEE 1619-2007 B.1, vector 1.</summary>
    [Fact]
    public void The_standards_first_vector_has_a_key_with_equal_halves()
    {
        using CryptoKey key = new(new byte[32]);
        using CryptoDevice device = CryptoDevice.Open();
        using Session session = device.CreateSession(
            SessionParameters.Cipher(CryptoAlgorithm.AesXts, key),
            DriverPolicy.Pinned("software")
        );
        byte[] text = new byte[32];
        session.Process(CryptOp.Encrypt(text, text, new byte[16]));
        Convert.ToHexString(text).Should().Be("917CF69EBD68B2EC9B9FE9A3EADDA692CD43D2F59598ED858C02C2652FBF922E");
        session.Process(CryptOp.Decrypt(text, text, new byte[16]));
        text.Should().OnlyContain(value => value == 0);
    }
}
