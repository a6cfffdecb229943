using System.Buffers;
using System.Security.Cryptography;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Api;

/// <summary>Seal and Open in the order of the BCL's types, and what is refused so that no tag is lost.</summary>
public sealed class SealTests : IDisposable
{
    private readonly CryptoDevice _device = CryptoDevice.Open();
    private readonly byte[] _keyBytes = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] _nonce = RandomNumberGenerator.GetBytes(12);
    private readonly byte[] _plaintext = RandomNumberGenerator.GetBytes(40);
    private readonly byte[] _aad = RandomNumberGenerator.GetBytes(9);
    private readonly CryptoKey _key;
    private readonly Session _session;

    public SealTests()
    {
        _key = new CryptoKey(_keyBytes);
        _session = Open(SessionParameters.Aead(CryptoAlgorithm.AesGcm, _key));
    }

    public void Dispose()
    {
        _session.Dispose();
        _key.Dispose();
        _device.Dispose();
    }

    [Fact]
    public void The_order_is_that_of_the_bcl()
    {
        byte[] expected = new byte[40];
        byte[] expectedTag = new byte[16];
        using AesGcm theirs = new(_keyBytes, 16);
        theirs.Encrypt(_nonce, _plaintext, expected, expectedTag, _aad);

        byte[] ciphertext = new byte[40];
        byte[] tag = new byte[16];
        byte[] back = new byte[40];
        _session.Process(CryptOp.Seal(_nonce, _plaintext, ciphertext, tag, _aad)).Should().Be(40);
        ciphertext.Should().Equal(expected);
        tag.Should().Equal(expectedTag);
        _session.Process(CryptOp.Open(_nonce, ciphertext, tag, back, _aad)).Should().Be(40);
        back.Should().Equal(_plaintext);
        theirs.Decrypt(_nonce, ciphertext, tag, back, _aad);
    }

    [Fact]
    public void An_attached_tag_stands_behind_the_ciphertext()
    {
        byte[] ciphertext = new byte[40];
        byte[] tag = new byte[16];
        byte[] both = new byte[56];
        byte[] back = new byte[40];
        _session.Process(CryptOp.Seal(_nonce, _plaintext, ciphertext, tag, _aad));
        _session.Process(CryptOp.SealAttached(_nonce, _plaintext, both, _aad)).Should().Be(56);
        both.Should().Equal([.. ciphertext, .. tag]);
        _session.Process(CryptOp.OpenAttached(_nonce, both, back, _aad)).Should().Be(40);
        back.Should().Equal(_plaintext);
        both[55] ^= 1;
        _session
            .Invoking(one => one.Process(CryptOp.OpenAttached(_nonce, both, back, _aad)))
            .Should()
            .Throw<AuthenticationTagMismatchException>();
        back.Should().AllBeEquivalentTo(0);
    }

    /// <summary>A tag that is taken for associated data leaves a destination without room for the tag, or with room for anything.</summary>
    [Theory]
    [InlineData(40)]
    [InlineData(55)]
    [InlineData(57)]
    [InlineData(4096)]
    public void An_attached_tag_needs_an_exact_destination(int room)
    {
        byte[] output = new byte[room];
        Refuses(() => _session.Process(CryptOp.SealAttached(_nonce, _plaintext, output, new byte[16])), $"*{room} bytes*exactly 56*Seal*");
        Refuses(
            () =>
                _session.Process(
                    new CryptOp
                    {
                        Source = _plaintext,
                        Destination = output,
                        Iv = _nonce,
                    }
                ),
            $"*{room} bytes*exactly 56*Seal*"
        );
        Refuses(() => _session.Process(CryptOp.Encrypt(_plaintext, output, _nonce)), "*exactly 56*");
        output.Should().AllBeEquivalentTo(0);
    }

    [Theory]
    [InlineData(39)]
    [InlineData(41)]
    [InlineData(56)]
    public void Opening_an_attached_tag_needs_an_exact_destination(int room)
    {
        byte[] both = new byte[56];
        _session.Process(CryptOp.SealAttached(_nonce, _plaintext, both, _aad));
        Refuses(() => _session.Process(CryptOp.OpenAttached(_nonce, both, new byte[room], _aad)), $"*{room} bytes*exactly 40*Open*");
    }

    [Theory]
    [InlineData(55)]
    [InlineData(57)]
    public void Pieces_of_a_destination_are_exact_together(int room)
    {
        ReadOnlySequence<byte> message = new(_plaintext);
        byte[] output = new byte[room];
        Memory<byte>[] pieces = [output.AsMemory(0, 7), output.AsMemory(7)];
        Refuses(() => _session.Process(in message, pieces, new CryptOp { Iv = _nonce }), $"*{room} bytes*exactly 56*");
        byte[] both = new byte[56];
        pieces = [both.AsMemory(0, 7), both.AsMemory(7)];
        _session.Process(in message, pieces, CryptOp.SealAttached(_nonce, default, default)).Should().Be(56);
        byte[] expected = new byte[56];
        _session.Process(CryptOp.SealAttached(_nonce, _plaintext, expected));
        both.Should().Equal(expected);
        ReadOnlySequence<byte> sealedMessage = new(both);
        byte[] back = new byte[40];
        _session.Process(in sealedMessage, [back], CryptOp.OpenAttached(_nonce, default, default)).Should().Be(40);
        back.Should().Equal(_plaintext);
    }

    [Fact]
    public void A_detached_tag_that_is_not_there_is_no_attached_one()
    {
        Refuses(() => CryptOp.Seal(_nonce, _plaintext, new byte[56], default), "*SealAttached*");
        Refuses(() => CryptOp.Seal(_nonce, _plaintext, new byte[56], (byte[])null!), "*SealAttached*");
        Refuses(() => CryptOp.Open(_nonce, new byte[56], default, new byte[40]), "*OpenAttached*");
    }

    [Fact]
    public void A_session_that_makes_no_tag_or_no_ciphertext_refuses_to_seal()
    {
        using Session cipher = Open(SessionParameters.Cipher(CryptoAlgorithm.AesCtr, _key));
        byte[] iv = new byte[16];
        byte[] output = new byte[56];
        Refuses(() => cipher.Process(CryptOp.SealAttached(iv, _plaintext, output)), "*authenticates nothing*");
        Refuses(() => cipher.Process(CryptOp.OpenAttached(iv, output, new byte[40])), "*authenticates nothing*");
        Refuses(() => cipher.Process(CryptOp.Seal(iv, _plaintext, output, new byte[16])), "*authenticates nothing*");

        using Session mac = Open(SessionParameters.KeyedDigest(CryptoAlgorithm.HmacSha256, _key));
        Refuses(() => mac.Process(CryptOp.Seal(default, _plaintext, output, new byte[32])), "*makes digests*");
        Refuses(() => mac.Process(CryptOp.Open(default, _plaintext, new byte[32], output)), "*makes digests*");
        Refuses(() => mac.Process(CryptOp.SealAttached(default, _plaintext, output)), "*no ciphertext*");
        Refuses(() => mac.Process(CryptOp.OpenAttached(default, _plaintext, output)), "*tag*");
        output.Should().AllBeEquivalentTo(0);
    }

    [Fact]
    public void A_cipher_and_a_mac_seal_as_an_aead_does()
    {
        using CryptoKey macKey = new(new byte[32]);
        using Session session = Open(
            SessionParameters.CipherAndMac(
                new CryptoTransform(CryptoAlgorithm.AesCtr, _key),
                new CryptoTransform(CryptoAlgorithm.HmacSha256, macKey),
                MacOrder.MacCiphertext
            )
        );
        byte[] iv = new byte[16];
        byte[] ciphertext = new byte[40];
        byte[] tag = new byte[32];
        byte[] both = new byte[72];
        byte[] back = new byte[40];
        session.Process(CryptOp.Seal(iv, _plaintext, ciphertext, tag, iv)).Should().Be(40);
        tag.Should().Equal(HMACSHA256.HashData(new byte[32], (byte[])[.. iv, .. ciphertext]));
        session.Process(CryptOp.SealAttached(iv, _plaintext, both, iv)).Should().Be(72);
        both.Should().Equal([.. ciphertext, .. tag]);
        session.Process(CryptOp.Open(iv, ciphertext, tag, back, iv)).Should().Be(40);
        session.Process(CryptOp.OpenAttached(iv, both, back, iv)).Should().Be(40);
        back.Should().Equal(_plaintext);
        Refuses(() => session.Process(CryptOp.SealAttached(iv, _plaintext, new byte[73], iv)), "*exactly 72*");
    }

    [Fact]
    public void A_chain_without_descriptors_is_no_operation() =>
        Refuses(() => CryptOp.Chain(new byte[16], (CryptDescriptor[])null!), "*at least one descriptor*");

    private static void Refuses(Action call, string message) => call.Should().Throw<ArgumentException>().WithMessage(message);

    private Session Open(SessionParameters parameters) => _device.CreateSession(parameters, DriverPolicy.SoftwareOnly);
}
