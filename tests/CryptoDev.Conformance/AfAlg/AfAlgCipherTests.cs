using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance.AfAlg;

public sealed class AfAlgCipherTests(AfAlgFixture fixture) : IClassFixture<AfAlgFixture>
{
    private const int Piece = 128 * 1024;

    public static TheoryNames Ciphers => AfAlgFixture.Algorithms(AlgorithmKind.Cipher);

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void Every_length_gives_the_bytes_of_the_software_rung(string name)
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        Random random = new(fixture.Seed);
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        foreach (int keyLength in algorithm.KeySizes.Values().Where((_, index) => index % 7 == 0))
        {
            using CryptoKey? key = algorithm.KeySizes.Maximum == 0 ? null : CryptoKey.Copy(AfAlgFixture.Bytes(random, keyLength));
            SessionParameters parameters = SessionParameters.Cipher(algorithm, key);
            using Session? kernel = fixture.TryOpen(parameters);
            if (kernel is null)
            {
                break;
            }

            using Session software = fixture.OpenSoftware(parameters);
            foreach (int length in Lengths(algorithm, kernel.MaxMessageLength))
            {
                Compare(kernel, software, random, length);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void A_message_in_pieces_is_the_message(string name)
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        Random random = new(fixture.Seed);
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        if (algorithm.Chaining == IvChaining.WholeMessage)
        {
            algorithm.Name.Should().Be("aes-xts", "only XTS is one data unit");
            return;
        }

        using CryptoKey? key =
            algorithm.KeySizes.Maximum == 0 ? null : CryptoKey.Copy(AfAlgFixture.Bytes(random, algorithm.KeySizes.Default));
        using Session? kernel = fixture.TryOpen(SessionParameters.Cipher(algorithm, key));
        if (kernel is null)
        {
            return;
        }

        byte[] iv = Iv(kernel, random);
        byte[] message = AfAlgFixture.Bytes(random, 3 * algorithm.ChainBlockSize * 40);
        byte[] whole = new byte[message.Length];
        kernel.Process(CryptOp.Encrypt(message, whole, iv));

        using CipherOperation operation = kernel.BeginCipher(CryptDirection.Encrypt, iv);
        byte[] pieces = new byte[message.Length + 64];
        int written = 0;
        for (int offset = 0; offset < message.Length; )
        {
            int length = Math.Min(random.Next(1, 70), message.Length - offset);
            written += operation.Update(message.AsSpan(offset, length), pieces.AsSpan(written));
            offset += length;
        }

        operation.Final();
        pieces.AsSpan(0, written).ToArray().Should().Equal(whole, $"the seed is {fixture.Seed}");
    }

    [Fact]
    public void A_key_stream_that_lives_in_the_transform_starts_afresh_for_every_message()
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        using CryptoKey key = new("0123456789abcdef"u8);
        using Session? session = fixture.TryOpen(SessionParameters.Cipher(CryptoAlgorithm.Arc4, key));
        if (session is null)
        {
            return;
        }

        byte[] zeros = new byte[100_000];
        byte[] first = new byte[zeros.Length];
        byte[] second = new byte[zeros.Length];
        session.Process(CryptOp.Encrypt(zeros, first));
        Parallel.For(0, 50, _ => session.Process(CryptOp.Encrypt(zeros.AsSpan(0, 64), new byte[64])));
        session.Process(CryptOp.Encrypt(zeros, second));

        second.Should().Equal(first);
        session.Statistics.Operations.Should().Be(52);
    }

    [Fact]
    public void A_message_over_the_limit_of_one_data_unit_is_refused_before_anything_is_sent()
    {
        if (!fixture.IsPresent())
        {
            return;
        }

        using CryptoKey key = new([.. Enumerable.Range(0, 64).Select(i => (byte)i)]);
        using Session? session = fixture.TryOpen(SessionParameters.Cipher(CryptoAlgorithm.AesXts, key));
        if (session is null)
        {
            return;
        }

        session.MaxMessageLength.Should().BeGreaterThanOrEqualTo(200_000);
        byte[] message = new byte[session.MaxMessageLength + 1];
        Action process = () => session.Process(CryptOp.Encrypt(message, message, new byte[16]));
        process.Should().Throw<ArgumentException>().WithMessage($"*{session.MaxMessageLength}*");
        session.Process(CryptOp.Encrypt(message.AsSpan(1), message.AsSpan(1), new byte[16])).Should().Be(message.Length - 1);
    }

    private static IEnumerable<int> Lengths(CryptoAlgorithm algorithm, long limit)
    {
        int[] around =
        [
            4095,
            4096,
            4097,
            65536,
            65552,
            Piece - 16,
            Piece,
            Piece + 16,
            Piece + 17,
            (2 * Piece) + 1,
            300_000,
            (int)Math.Min(limit, 500_000),
        ];
        return Enumerable
            .Range(0, 258)
            .Concat(around)
            .Select(length => length / algorithm.BlockSize * algorithm.BlockSize)
            .Where(length => length >= algorithm.MinimumMessageLength && length <= limit)
            .Distinct();
    }

    private static byte[] Iv(Session session, Random random)
    {
        byte[] iv = AfAlgFixture.Bytes(random, session.IvLength);

        // A counter that carries over several bytes, but not over the 32 bits that ChaCha20 has.
        if (session.Parameters.Transforms[0].Algorithm.Chaining == IvChaining.Counter128)
        {
            iv.AsSpan(4).Fill(0xff);
        }
        else if (session.Parameters.Transforms[0].Algorithm.Chaining == IvChaining.Counter32)
        {
            iv[3] = 0;
        }

        return iv;
    }

    private void Compare(Session kernel, Session software, Random random, int length)
    {
        string because = $"{kernel} with {length} bytes, seed {fixture.Seed}";
        byte[] iv = Iv(kernel, random);
        byte[] message = AfAlgFixture.Bytes(random, length);
        byte[] expected = new byte[length];
        byte[] actual = new byte[length + 3];
        software.Process(CryptOp.Encrypt(message, expected, iv)).Should().Be(length, because);
        kernel.Process(CryptOp.Encrypt(message, actual.AsSpan(1), iv)).Should().Be(length, because);
        actual.AsSpan(1, length).SequenceEqual(expected).Should().BeTrue(because);
        (actual[0] | actual[length + 1] | actual[length + 2]).Should().Be(0, because);

        Span<byte> inPlace = actual.AsSpan(1, length);
        kernel.Process(CryptOp.Decrypt(inPlace, inPlace, iv)).Should().Be(length, because);
        inPlace.SequenceEqual(message).Should().BeTrue(because);
    }
}
