using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>
/// A session of the default policy takes a message of 1 MB, and as much associated data, on every machine: where the first driver does not
/// take so much, as AF_ALG does not, the next one runs it. The bytes are those of the software driver alone.
/// </summary>
public sealed class LongMessageTests
{
    private const int Long = 1 << 20;

    private static readonly (int AssociatedData, int Message)[] s_lengths =
    [
        (0, 64),
        (0, Long),
        (100, Long),
        (Long, 64),
        (Long, Long),
        (0, 96),
    ];

    public static TheoryData<string> OneMessage => ["aes-gcm", "aes-ccm", "chacha20-poly1305", "aes-xts", "aes-128-gmac", "hmac-sha256"];

    [Theory]
    [MemberData(nameof(OneMessage))]
    public void A_default_session_takes_a_long_message_and_long_associated_data(string name)
    {
        Seeded random = new();
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        using CryptoKey key = new(random.Bytes(algorithm.KeySizes.Default));
        SessionParameters parameters = algorithm.Kind switch
        {
            AlgorithmKind.Cipher => SessionParameters.Cipher(algorithm, key),
            AlgorithmKind.Aead => SessionParameters.Aead(algorithm, key),
            _ => SessionParameters.KeyedDigest(algorithm, key),
        };
        using Session session = Targets.Device.CreateSession(parameters, DriverPolicy.Ladder);
        using Session reference = Targets.Device.CreateSession(parameters, DriverPolicy.SoftwareOnly);
        byte[] iv = random.Bytes(session.IvLength);
        int done = 0;
        foreach ((int associatedData, int length) in s_lengths)
        {
            if (algorithm.Kind == AlgorithmKind.Cipher && associatedData != 0)
            {
                continue;
            }

            byte[] aad = random.Bytes(associatedData);
            byte[] message = random.Bytes(length);
            string what = $"{session}, {length} bytes and {associatedData} of associated data, seed {random.Seed}";
            byte[] whole = Run(session, message, iv, aad);
            Check.Same(Run(reference, message, iv, aad), whole, what);
            done++;
            if (algorithm.Kind == AlgorithmKind.Aead)
            {
                byte[] back = new byte[length];
                session.Process(CryptOp.OpenAttached(iv, whole, back, aad));
                Check.Same(message, back, $"{what}, back");
                whole[^1] ^= 1;
                Check.Throws<AuthenticationTagMismatchException>(
                    $"{what}, changed",
                    () => session.Process(CryptOp.OpenAttached(iv, whole, back, aad))
                );
                Check.That(back.All(one => one == 0), $"{what}, changed: the destination is zeroed");
                done++;
            }
        }

        Check.That(
            session.Statistics.Operations == done && session.Drivers.Sum(share => share.Statistics.Operations) == done,
            $"{session}: {done} messages, {session.Statistics} in all, "
                + string.Join(", ", session.Drivers.Select(share => $"{share.Driver.Name}: {share.Statistics}"))
        );
        Check.That(session.MaxMessageLength >= Long, $"{session}: says that it takes at most {session.MaxMessageLength} bytes");

        // The short ones ran on the driver that the policy prefers, the long ones on another where that one has a limit.
        using Session first = Targets.Device.CreateSession(parameters, DriverPolicy.Pinned(session.Driver.Name));
        bool takesAll = first.MaxMessageLength >= Long && first.MaxAssociatedDataLength >= 2 * Long;
        Check.That(session.Drivers[0].Statistics.Operations >= 2, $"{session}: the short messages did not run on the first driver");
        Check.That(
            takesAll || algorithm.Kind == AlgorithmKind.Cipher || session.Drivers.Count > 1,
            $"{session}: {session.Driver.Name} takes {first.MaxMessageLength} bytes, and no other driver ran"
        );
    }

    [Fact]
    public void A_digest_and_a_cipher_of_unknown_length_go_on_for_ever()
    {
        Seeded random = new();
        using CryptoKey key = new(random.Bytes(16));
        byte[] piece = random.Bytes(100_000);
        using Session digest = Targets.Device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256), DriverPolicy.Ladder);
        using IncrementalHash expected = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using DigestOperation running = digest.BeginDigest();
        for (int i = 0; i < 20; i++)
        {
            running.Update(piece);
            expected.AppendData(piece);
        }

        byte[] result = new byte[32];
        running.Final(result);
        Check.Same(expected.GetHashAndReset(), result, $"{digest}, seed {random.Seed}");
        Check.That(digest.Statistics.Equals(new SessionStatistics(1, 20 * piece.Length, 0)), $"{digest}: {digest.Statistics}");

        using Session cipher = Targets.Device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key), DriverPolicy.Ladder);
        using CipherOperation enciphers = cipher.BeginCipher(CryptDirection.Encrypt, new byte[16]);
        for (int i = 0; i < 20; i++)
        {
            enciphers.Update(piece, piece);
        }

        enciphers.Final();
        Check.That(cipher.Statistics.Equals(new SessionStatistics(1, 20 * piece.Length, 0)), $"{cipher}: {cipher.Statistics}");
    }

    private static byte[] Run(Session session, byte[] message, byte[] iv, byte[] associatedData)
    {
        if (session.Parameters.Mode == SessionMode.Digest)
        {
            byte[] tag = new byte[session.TagLength];
            session.Process(CryptOp.Digest(message, tag, iv) with { AssociatedData = associatedData });
            return tag;
        }

        byte[] whole = new byte[message.Length + session.TagLength];
        session.Process(
            session.TagLength == 0 ? CryptOp.Encrypt(message, whole, iv) : CryptOp.SealAttached(iv, message, whole, associatedData)
        );
        return whole;
    }
}
