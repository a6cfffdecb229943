using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>The second form of an operation: one buffer and descriptors, as opencrypto(9) has them.</summary>
public sealed class DescriptorTests
{
    private const int Head = 16;

    [Theory]
    [MemberData(nameof(TargetData.Ciphers), MemberType = typeof(TargetData))]
    public void A_cipher_descriptor_works_on_its_bytes_with_its_iv_flags(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        int length = Sizes.Fitted(subject.Algorithm, 77);
        int ivLength = subject.Session.IvLength;
        byte[] plaintext = random.Bytes(length);
        byte[] iv = subject.Iv(random);
        byte[] ciphertext = subject.Seal(plaintext, iv);
        string what = $"{subject}, seed {random.Seed}";

        // Explicit and present: the buffer's IV field is left alone.
        byte[] buffer = Frame(random, plaintext);
        byte[] before = [.. buffer];
        Run(subject, buffer, length, CryptDescriptorFlags.Encrypt | CryptDescriptorFlags.IvPresent, iv).Should().Be(buffer.Length);
        Check.Same([.. before[..Head], .. ciphertext, .. before[(Head + length)..]], buffer, $"{what}, explicit IV, not written");

        // Explicit only: the IV is written at inject.
        buffer = [.. before];
        Run(subject, buffer, length, CryptDescriptorFlags.Encrypt, iv);
        Check.Same(
            [.. iv, .. before[ivLength..Head], .. ciphertext, .. before[(Head + length)..]],
            buffer,
            $"{what}, explicit IV, written"
        );
        Run(subject, buffer, length, CryptDescriptorFlags.None, iv);
        Check.Same(plaintext, buffer.AsSpan(Head, length), $"{what}, explicit IV, back");

        // Present only: the IV is read from the buffer, both ways.
        buffer = [.. before];
        iv.CopyTo(buffer, 0);
        Run(subject, buffer, length, CryptDescriptorFlags.Encrypt | CryptDescriptorFlags.IvPresent);
        Check.Same(ciphertext, buffer.AsSpan(Head, length), $"{what}, IV from the buffer");
        Run(subject, buffer, length, CryptDescriptorFlags.None);
        Check.Same(plaintext, buffer.AsSpan(Head, length), $"{what}, IV from the buffer, back");

        // Neither: a random IV is made and written.
        buffer = [.. before];
        Run(subject, buffer, length, CryptDescriptorFlags.Encrypt);
        if (ivLength > 0)
        {
            Check.Different(before.AsSpan(0, ivLength), buffer.AsSpan(0, ivLength), $"{what}, random IV");
        }

        Check.Same(plaintext, subject.Open(buffer[Head..(Head + length)], buffer[..ivLength]), $"{what}, random IV");
        Check.Same(before.AsSpan(Head + length), buffer.AsSpan(Head + length), $"{what}: wrote behind the message");
    }

    [Theory]
    [MemberData(nameof(TargetData.Aeads), MemberType = typeof(TargetData))]
    public void An_aead_descriptor_seals_and_opens_and_releases_nothing_wrong(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] plaintext = random.Bytes(33);
        byte[] iv = subject.Iv(random);
        byte[] aad = random.Bytes(7);
        byte[] buffer = new byte[Head + 33 + subject.Session.TagLength + 3];
        plaintext.CopyTo(buffer, Head);
        CryptDescriptor step = new()
        {
            Algorithm = subject.Algorithm,
            Skip = Head,
            Length = 33,
            Inject = Head + 33 + 3,
            Flags = CryptDescriptorFlags.Encrypt,
        };
        step.SetIv(iv);
        subject.Session.Process(CryptOp.Chain(buffer, [step], aad)).Should().Be(buffer.Length);
        byte[] expected =
        [
            .. new byte[Head],
            .. subject.Seal(plaintext, iv, aad)[..33],
            0,
            0,
            0,
            .. subject.Seal(plaintext, iv, aad)[33..],
        ];
        Check.Same(expected, buffer, $"{subject}, seed {random.Seed}");

        step.Flags &= ~CryptDescriptorFlags.Encrypt;
        byte[] wrong = [.. buffer];
        wrong[^1] ^= 1;
        Check.Throws<AuthenticationTagMismatchException>(
            $"{subject}, tag changed",
            () => subject.Session.Process(CryptOp.Chain(wrong, [step], aad))
        );
        Check.Zero(wrong.AsSpan(Head, 33), $"{subject}, tag changed: plaintext was left");
        subject.Session.Process(CryptOp.Chain(buffer, [step], aad));
        Check.Same(plaintext, buffer.AsSpan(Head, 33), $"{subject}, back, seed {random.Seed}");
    }

    [Theory]
    [MemberData(nameof(TargetData.Digests), MemberType = typeof(TargetData))]
    public void A_digest_descriptor_writes_or_checks_at_inject(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        int tagLength = subject.Session.TagLength;
        byte[] iv = subject.Iv(random);
        byte[] buffer = random.Bytes(100 + tagLength);
        byte[] before = [.. buffer];
        CryptDescriptor step = new()
        {
            Algorithm = subject.Algorithm,
            Skip = 5,
            Length = 60,
            Inject = 90,
        };
        if (iv.Length > 0)
        {
            step.SetIv(iv);
        }

        subject.Session.Process(CryptOp.Chain(buffer, [step])).Should().Be(buffer.Length);
        byte[] tag = subject.Seal(before[5..65], iv);
        Check.Same([.. before[..90], .. tag, .. before[(90 + tagLength)..]], buffer, $"{subject}, seed {random.Seed}");

        subject
            .Session.Process(
                new CryptOp
                {
                    Buffer = buffer,
                    Descriptors = new[] { step },
                    TagAction = TagAction.Verify,
                }
            )
            .Should()
            .Be(buffer.Length);
        buffer[90] ^= 1;
        long failures = subject.Session.Statistics.Failures;
        Check.Throws<AuthenticationTagMismatchException>(
            $"{subject}, changed",
            () =>
                subject.Session.Process(
                    new CryptOp
                    {
                        Buffer = buffer,
                        Descriptors = new[] { step },
                        TagAction = TagAction.Verify,
                    }
                )
        );
        subject.Session.Statistics.Failures.Should().Be(failures + 1, $"{subject}, a wrong digest counts");
    }

    [Theory]
    [MemberData(nameof(TargetData.RungsWithMac), MemberType = typeof(TargetData))]
    public void Two_steps_run_in_the_order_given_and_a_mistake_in_the_last_touches_nothing(string driver)
    {
        (CryptoAlgorithm Cipher, CryptoAlgorithm Mac) both = (CryptoAlgorithm.AesCbc, CryptoAlgorithm.HmacSha256);
        Seeded random = new();
        byte[] cipherBytes = random.Bytes(both.Cipher.KeySizes.Default);
        byte[] macBytes = random.Bytes(both.Mac.KeySizes.Default);
        using CryptoKey first = CryptoKey.Copy(cipherBytes);
        using CryptoKey second = CryptoKey.Copy(macBytes);
        using Session session = Targets.Open(
            driver,
            SessionParameters.CipherAndMac(
                new CryptoTransform(both.Cipher, first),
                new CryptoTransform(both.Mac, second),
                MacOrder.MacCiphertext
            )
        );
        using Subject cipher = Subject.OpenWithKey(Targets.Software, both.Cipher, cipherBytes);
        using Subject mac = Subject.OpenWithKey(Targets.Software, both.Mac, macBytes);
        int tagLength = mac.Session.TagLength;
        byte[] plaintext = random.Bytes(64);
        byte[] header = random.Bytes(Head);
        byte[] iv = cipher.Iv(random);
        string what = $"{session}, seed {random.Seed}";
        CryptDescriptor encrypt = new()
        {
            Algorithm = both.Cipher,
            Skip = Head,
            Length = 64,
            Flags = CryptDescriptorFlags.Encrypt | CryptDescriptorFlags.IvPresent,
        };
        encrypt.SetIv(iv);
        CryptDescriptor sign = new()
        {
            Algorithm = both.Mac,
            Skip = 0,
            Length = Head + 64,
            Inject = Head + 64,
        };

        byte[] buffer = [.. header, .. plaintext, .. new byte[tagLength]];
        session.Process(CryptOp.Chain(buffer, [encrypt, sign])).Should().Be(buffer.Length);
        byte[] ciphertext = cipher.Seal(plaintext, iv);
        Check.Same([.. header, .. ciphertext, .. mac.Seal([.. header, .. ciphertext], [])], buffer, $"{what}, encrypt then MAC");

        // Back: the MAC is checked first; with a wrong one nothing is decrypted.
        CryptDescriptor decrypt = encrypt;
        decrypt.Flags = CryptDescriptorFlags.IvExplicit;
        byte[] wrong = [.. buffer];
        wrong[0] ^= 1;
        Check.Throws<AuthenticationTagMismatchException>(
            what,
            () =>
                session.Process(
                    new CryptOp
                    {
                        Buffer = wrong,
                        Descriptors = new[] { sign, decrypt },
                        TagAction = TagAction.Verify,
                    }
                )
        );
        Check.Same(ciphertext, wrong.AsSpan(Head, 64), $"{what}: decrypted although the MAC is wrong");
        session.Process(
            new CryptOp
            {
                Buffer = buffer,
                Descriptors = new[] { sign, decrypt },
                TagAction = TagAction.Verify,
            }
        );
        Check.Same(plaintext, buffer.AsSpan(Head, 64), $"{what}, back");

        // The other order, and then a mismatch after the decryption: what was decrypted is zeroed.
        buffer = [.. header, .. plaintext, .. new byte[tagLength]];
        session.Process(CryptOp.Chain(buffer, [sign, encrypt]));
        Check.Same([.. header, .. ciphertext, .. mac.Seal([.. header, .. plaintext], [])], buffer, $"{what}, MAC then encrypt");
        buffer[^1] ^= 1;
        Check.Throws<AuthenticationTagMismatchException>(
            what,
            () =>
                session.Process(
                    new CryptOp
                    {
                        Buffer = buffer,
                        Descriptors = new[] { decrypt, sign },
                        TagAction = TagAction.Verify,
                    }
                )
        );
        Check.Zero(buffer.AsSpan(Head, 64), $"{what}: plaintext was left");

        Mistakes(session, encrypt, sign, random);
    }

    private static void Mistakes(Session session, CryptDescriptor good, CryptDescriptor sign, Seeded random)
    {
        byte[] buffer = random.Bytes(Head + 64 + session.TagLength);
        byte[] before = [.. buffer];
        CryptoAlgorithm cipher = good.Algorithm;
        (string Why, CryptDescriptor Step, string Word)[] mistakes =
        [
            ("no algorithm", sign with { Algorithm = null! }, "no algorithm"),
            ("a stranger", sign with { Algorithm = CryptoAlgorithm.Md5Kpdk }, "md5-kpdk"),
            ("negative skip", sign with { Skip = -1 }, "-1"),
            ("negative length", sign with { Length = -5 }, "-5"),
            ("past the end", sign with { Skip = 1, Length = buffer.Length }, $"{buffer.Length}"),
            ("no overflow", sign with { Skip = int.MaxValue, Length = int.MaxValue }, $"{int.MaxValue}"),
            ("tag past the end", sign with { Inject = buffer.Length - 1 }, $"{buffer.Length - 1}"),
            (
                "not whole blocks",
                good with
                {
                    Length = (cipher.BlockSize * 2) - 1,
                },
                cipher.BlockSize == 1 ? string.Empty : $"{cipher.BlockSize}"
            ),
            ("IV in the message", good with { Skip = 0, Inject = 0, Flags = CryptDescriptorFlags.Encrypt }, "IV"),
        ];
        foreach ((string why, CryptDescriptor step, string word) in mistakes)
        {
            if (word.Length == 0)
            {
                continue;
            }

            Check.Refused($"{session}, {why}", () => session.Process(CryptOp.Chain(buffer, [good, step])), word);
            Check.Same(before, buffer, $"{session}, {why}: the first step ran");
        }

        CryptDescriptor shortIv = good;
        shortIv.SetIv(new byte[3]);
        Check.Refused($"{session}, short IV", () => session.Process(CryptOp.Chain(buffer, [good, shortIv])), "3", $"{session.IvLength}");
        Check.Refused(
            $"{session}, both forms",
            () =>
                session.Process(
                    new CryptOp
                    {
                        Buffer = buffer,
                        Descriptors = new[] { good },
                        Source = before,
                    }
                ),
            "Source"
        );
        Check.Refused($"{session}, long IV", () => good.SetIv(new byte[129]), "129", "128");
        Check.Same(before, buffer, $"{session}: a refused operation wrote");
    }

    private static byte[] Frame(Seeded random, byte[] plaintext) => [.. random.Bytes(Head), .. plaintext, .. random.Bytes(9)];

    private static int Run(Subject subject, byte[] buffer, int length, CryptDescriptorFlags flags, byte[]? iv = null)
    {
        CryptDescriptor step = new()
        {
            Algorithm = subject.Algorithm,
            Skip = Head,
            Length = length,
            Inject = 0,
            Flags = flags,
        };
        if (iv is not null)
        {
            step.SetIv(iv);
        }

        return subject.Session.Process(CryptOp.Chain(buffer, [step]));
    }
}
