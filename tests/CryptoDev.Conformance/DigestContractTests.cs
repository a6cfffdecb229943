using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>What every digest and MAC session keeps to, on every driver.</summary>
public sealed class DigestContractTests
{
    [Theory]
    [MemberData(nameof(TargetData.DigestsOfEveryMember), MemberType = typeof(TargetData))]
    public void Every_short_length_equals_the_software_driver_and_verifies(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        using Subject? reference = driver == Targets.Software ? null : subject.On(Targets.Software);
        HashSet<string> seen = [];
        byte[] all = random.Bytes(258);
        byte[] iv = subject.Iv(random);
        foreach (int length in Sizes.Sweep(driver, subject.Algorithm))
        {
            byte[] message = all[..length];
            string what = $"{subject}, {length} bytes, seed {random.Seed}";
            byte[] tag = subject.Seal(message, iv);
            if (reference is not null)
            {
                Check.Same(reference.Seal(message, iv), tag, $"{what}, against software");
            }

            seen.Add(Convert.ToHexString(tag));

            byte[] destination = new byte[tag.Length + 5];
            subject
                .Session.Process(
                    new CryptOp
                    {
                        Source = message,
                        Destination = destination,
                        Iv = iv,
                    }
                )
                .Should()
                .Be(tag.Length);
            Check.Same([.. tag, 0, 0, 0, 0, 0], destination, $"{what}, into the destination");
            subject.Session.Process(CryptOp.Verify(message, tag, iv)).Should().Be(tag.Length);
        }

        seen.Should()
            .HaveCount(
                subject.Algorithm == CryptoAlgorithm.NullHmac ? 1 : Sizes.Sweep(driver, subject.Algorithm).Count(),
                $"{subject}: messages of different lengths have different digests"
            );
    }

    [Theory]
    [MemberData(nameof(TargetData.Digests), MemberType = typeof(TargetData))]
    public void Every_wrong_byte_is_found(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] message = random.Bytes(23);
        byte[] iv = subject.Iv(random);
        byte[] tag = subject.Seal(message, iv);
        foreach ((string part, byte[] bytes) in new[] { ("message", message), ("tag", tag), ("nonce", iv) })
        {
            for (int at = 0; at < bytes.Length; at++)
            {
                if (subject.Algorithm == CryptoAlgorithm.NullHmac && part != "tag")
                {
                    continue;
                }

                bytes[at] ^= 0x10;
                Check.Throws<AuthenticationTagMismatchException>(
                    $"{subject}, byte {at} of the {part} changed, seed {random.Seed}",
                    () => subject.Session.Process(CryptOp.Verify(message, tag, iv))
                );
                bytes[at] ^= 0x10;
            }
        }

        subject.Session.Process(CryptOp.Verify(message, tag, iv)).Should().Be(tag.Length, "after all the wrong ones");
    }

    [Theory]
    [MemberData(nameof(TargetData.Macs), MemberType = typeof(TargetData))]
    public void Every_key_tag_and_nonce_length_works_and_a_shorter_tag_is_the_start_of_the_longer(string driver, string name)
    {
        Seeded random = new();
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        byte[] message = random.Bytes(77);
        foreach (int keyLength in Sizes.Keys(driver, algorithm))
        {
            using Subject subject = Subject.Open(driver, name, random, keyLength);
            using Subject reference = subject.On(Targets.Software);
            byte[] iv = subject.Iv(random);
            Check.Same(reference.Seal(message, iv), subject.Seal(message, iv), $"{subject}, seed {random.Seed}");
        }

        byte[] key = random.Bytes(algorithm.KeySizes.Default);
        foreach (int ivLength in Sizes.Ivs(driver, algorithm))
        {
            using Subject full = Subject.OpenWithKey(driver, algorithm, key, 0, ivLength);
            using Subject reference = full.On(Targets.Software);
            byte[] iv = full.Iv(random);
            byte[] whole = full.Seal(message, iv);
            Check.Same(reference.Seal(message, iv), whole, $"{full}, nonce of {ivLength}, seed {random.Seed}");
            foreach (int tagLength in Sizes.Tags(driver, algorithm))
            {
                using Subject subject = Subject.OpenWithKey(driver, algorithm, key, tagLength, ivLength);
                Check.Same(whole.AsSpan(0, tagLength), subject.Seal(message, iv), $"{subject}, tag of {tagLength}, seed {random.Seed}");
                subject.Session.Process(CryptOp.Verify(message, whole.AsSpan(0, tagLength), iv)).Should().Be(tagLength);
            }
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Digests), MemberType = typeof(TargetData))]
    public void Messages_around_the_limits_are_right_or_refused(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        using Subject? reference = driver == Targets.Software ? null : subject.On(Targets.Software);
        byte[] iv = subject.Iv(random);
        foreach (int length in Limits.Around(subject))
        {
            string what = $"{subject}, {length} bytes, limit {subject.Session.MaxMessageLength}, seed {random.Seed}";
            byte[] message = random.Bytes(length);
            if (length > subject.Session.MaxMessageLength)
            {
                Check.Refused(what, () => subject.Seal(message, iv), $"{length}", $"{subject.Session.MaxMessageLength}");
                continue;
            }

            byte[] tag = subject.Seal(message, iv);
            if (reference is not null)
            {
                Check.Same(reference.Seal(message, iv), tag, $"{what}, against software");
            }
            else
            {
                Check.Same(tag, subject.Seal([.. message], iv), $"{what}, again from other memory");
            }
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Digests), MemberType = typeof(TargetData))]
    public void Sizes_that_do_not_fit_are_refused_and_named(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] message = random.Bytes(9);
        byte[] iv = subject.Iv(random);
        int tagLength = subject.Session.TagLength;
        byte[] shorter = new byte[tagLength - 1];
        Check.Refused(
            $"{subject}, short destination",
            () =>
                subject.Session.Process(
                    new CryptOp
                    {
                        Source = message,
                        Destination = shorter,
                        Iv = iv,
                    }
                ),
            $"{tagLength - 1}",
            $"{tagLength}"
        );
        Check.Refused(
            $"{subject}, short tag",
            () => subject.Session.Process(CryptOp.Digest(message, shorter, iv)),
            $"{tagLength - 1}",
            $"{tagLength}"
        );
        Check.Refused(
            $"{subject}, no destination",
            () => subject.Session.Process(new CryptOp { Source = message, Iv = iv }),
            $"{tagLength}"
        );
        Check.Refused(
            $"{subject}, long tag to verify",
            () => subject.Session.Process(CryptOp.Verify(message, new byte[tagLength + 1], iv)),
            $"{tagLength + 1}",
            $"{tagLength}"
        );
        Check.Refused($"{subject}, no tag to verify", () => subject.Session.Process(CryptOp.Verify(message, default, iv)), $"{tagLength}");
        Check.Refused(
            $"{subject}, wrong nonce",
            () => subject.Session.Process(CryptOp.Digest(message, new byte[tagLength], new byte[iv.Length + 1])),
            $"{iv.Length + 1}",
            $"{iv.Length}"
        );
        Check.Refused(
            $"{subject}, nonce in the buffer",
            () =>
                subject.Session.Process(
                    new CryptOp
                    {
                        Source = message,
                        Destination = new byte[64],
                        IvSource = IvSource.Random,
                    }
                ),
            "Iv"
        );
        Check.Zero(shorter, $"{subject}: a refused operation wrote");
        Check.Throws<InvalidOperationException>($"{subject}, cipher state", () => subject.Session.BeginCipher(CryptDirection.Encrypt, iv));
        foreach (
            int wrong in subject.Algorithm.Kind == AlgorithmKind.Mac ? Sizes.Wrong(subject.Algorithm.TagSizes).Where(size => size != 0) : []
        )
        {
            Check.Refused(
                $"{name} on {driver}, tag of {wrong}",
                () => Subject.Open(driver, name, random, tagLength: wrong).Dispose(),
                $"{wrong}",
                subject.Algorithm.TagSizes.ToString()
            );
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.RunningDigests), MemberType = typeof(TargetData))]
    public void Associated_data_is_hashed_before_the_message(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] message = random.Bytes(150);
        byte[] expected = subject.Seal(message, []);
        foreach (int head in new[] { 0, 1, 64, 150 })
        {
            byte[] tag = new byte[expected.Length];
            subject
                .Session.Process(
                    new CryptOp
                    {
                        AssociatedData = message.AsSpan(0, head),
                        Source = message.AsSpan(head),
                        Tag = tag,
                    }
                )
                .Should()
                .Be(tag.Length);
            Check.Same(expected, tag, $"{subject}, {head} bytes in front, seed {random.Seed}");
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.RunningDigests), MemberType = typeof(TargetData))]
    public void Pieces_peeks_and_clones_give_the_digest_of_what_passed(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] message = random.Bytes(330);
        byte[] other = random.Bytes(70);
        string what = $"{subject}, seed {random.Seed}";
        byte[] whole = subject.Seal(message, []);
        byte[] result = new byte[subject.Session.TagLength];
        foreach (
            int[] pieces in new int[][]
            {
                [330],
                [1, 329],
                [0, 0, 330],
                [63, 1, 64, 65, 137],
                [64, 64, 64, 64, 74],
                [.. Enumerable.Repeat(1, 330)],
            }
        )
        {
            using DigestOperation operation = subject.Session.BeginDigest();
            int at = 0;
            foreach (int piece in pieces)
            {
                operation.Update(message.AsSpan(at, piece));
                at += piece;
            }

            operation.DigestLength.Should().Be(result.Length);
            operation.Final(result).Should().Be(result.Length);
            Check.Same(whole, result, $"{what}, {pieces.Length} pieces");
        }

        using DigestOperation running = subject.Session.BeginDigest();
        for (int at = 0; at <= message.Length; at += 11)
        {
            byte[] soFar = subject.Seal(message[..at], []);
            running.Peek(result).Should().Be(result.Length);
            Check.Same(soFar, result, $"{what}, peek at {at}");

            using (DigestOperation clone = running.Clone())
            using (DigestOperation cloneOfClone = clone.Clone())
            {
                clone.Update(other);
                clone.Final(result);
                Check.Same(subject.Seal([.. message[..at], .. other], []), result, $"{what}, clone at {at}");
                cloneOfClone.Update(message.AsSpan(at));
                using DigestOperation third = cloneOfClone.Clone();
                cloneOfClone.Final(result);
                Check.Same(whole, result, $"{what}, clone of a clone at {at}");
                third.Peek(result);
                Check.Same(whole, result, $"{what}, third clone at {at}");
            }

            running.Update(message.AsSpan(at, Math.Min(11, message.Length - at)));
        }

        running.Final(result);
        Check.Same(whole, result, $"{what}, after the clones");
    }

    [Theory]
    [MemberData(nameof(TargetData.RunningDigests), MemberType = typeof(TargetData))]
    public void A_running_digest_refuses_misuse(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] digest = new byte[subject.Session.TagLength];
        using DigestOperation operation = subject.Session.BeginDigest();
        operation.Update(new byte[10]);
        Check.Refused($"{subject}, short", () => operation.Final(new byte[digest.Length - 1]), $"{digest.Length - 1}", $"{digest.Length}");
        Check.Refused(
            $"{subject}, short peek",
            () => operation.Peek(new byte[digest.Length - 1]),
            $"{digest.Length - 1}",
            $"{digest.Length}"
        );
        operation.Final(digest);
        Check.Same(subject.Seal(new byte[10], []), digest, $"{subject}: a refused Final left the state running");
        Check.Throws<InvalidOperationException>($"{subject}, update after Final", () => operation.Update(digest));
        Check.Throws<InvalidOperationException>($"{subject}, Final twice", () => operation.Final(digest));
        Check.Throws<InvalidOperationException>($"{subject}, peek after Final", () => operation.Peek(digest));
        Check.Throws<InvalidOperationException>($"{subject}, clone after Final", () => operation.Clone().Dispose());
        operation.Dispose();
        Check.Throws<ObjectDisposedException>($"{subject}, disposed", () => operation.Update(digest));

        DigestOperation orphan = subject.Session.BeginDigest();
        subject.Session.Dispose();
        Check.Throws<ObjectDisposedException>($"{subject}, session disposed", () => orphan.Update(digest));
        orphan.Dispose();
    }
}
