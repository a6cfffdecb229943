using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>What every AEAD session keeps to, on every driver.</summary>
public sealed class AeadContractTests
{
    private const byte Guard = 0xA5;

    [Theory]
    [MemberData(nameof(TargetData.AeadsOfEveryMember), MemberType = typeof(TargetData))]
    public void Every_short_length_round_trips_in_all_forms_and_equals_the_software_driver(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        using Subject? reference = driver == Targets.Software ? null : subject.On(Targets.Software);
        int tagLength = subject.Session.TagLength;
        foreach (int length in Sizes.Sweep(driver, subject.Algorithm))
        {
            byte[] plaintext = random.Bytes(length);
            byte[] iv = subject.Iv(random);
            byte[] aad = random.Bytes(length % 3 == 0 ? 0 : random.Next(1, 40));
            string what = $"{subject}, {length} bytes, {aad.Length} of associated data, seed {random.Seed}";
            byte[] whole = subject.Seal(plaintext, iv, aad);
            if (reference is not null)
            {
                Check.Same(reference.Seal(plaintext, iv, aad), whole, $"{what}, against software");
            }

            Check.Same(plaintext, subject.Open(whole, iv, aad), $"{what}, back");

            byte[] apart = new byte[length];
            byte[] tag = new byte[tagLength];
            subject.Session.Process(CryptOp.Seal(iv, plaintext, apart, tag, aad)).Should().Be(length);
            Check.Same(whole, [.. apart, .. tag], $"{what}, tag detached");
            byte[] back = new byte[length];
            subject.Session.Process(CryptOp.Open(iv, apart, tag, back, aad)).Should().Be(length);
            Check.Same(plaintext, back, $"{what}, tag detached, back");

            byte[] buffer = new byte[length + tagLength + 40];
            buffer.AsSpan().Fill(Guard);
            int offset = length % 7;
            plaintext.CopyTo(buffer, offset);
            subject
                .Session.Process(CryptOp.SealAttached(iv, buffer.AsSpan(offset, length), buffer.AsSpan(offset, length + tagLength), aad))
                .Should()
                .Be(length + tagLength);
            Check.Same(whole, buffer.AsSpan(offset, length + tagLength), $"{what}, in place");
            Check.That(
                buffer.AsSpan(0, offset).IndexOfAnyExcept(Guard) < 0
                    && buffer.AsSpan(offset + length + tagLength).IndexOfAnyExcept(Guard) < 0,
                $"{what}: wrote outside the message"
            );
            subject
                .Session.Process(CryptOp.OpenAttached(iv, buffer.AsSpan(offset, length + tagLength), buffer.AsSpan(offset, length), aad))
                .Should()
                .Be(length);
            Check.Same(plaintext, buffer.AsSpan(offset, length), $"{what}, back in place");
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Aeads), MemberType = typeof(TargetData))]
    public void Every_wrong_bit_is_found_and_nothing_is_released(string driver, string name)
    {
        Seeded random = new();
        foreach (int length in new[] { 0, 1, 20 })
        {
            using Subject subject = Subject.Open(driver, name, random);
            byte[] iv = subject.Iv(random);
            byte[] aad = random.Bytes(9);
            byte[] whole = subject.Seal(random.Bytes(length), iv, aad);
            byte[] good = subject.Open(whole, iv, aad);
            foreach ((string part, byte[] bytes) in new[] { ("ciphertext or tag", whole), ("associated data", aad), ("IV", iv) })
            {
                for (int at = 0; at < bytes.Length; at++)
                {
                    byte bit = (byte)(1 << (at % 8));
                    bytes[at] ^= bit;
                    string what = $"{subject}, {length} bytes, byte {at} of the {part} changed, seed {random.Seed}";
                    byte[] output = new byte[length + 3];
                    output.AsSpan().Fill(Guard);
                    Check.Throws<AuthenticationTagMismatchException>(
                        what,
                        () => subject.Session.Process(CryptOp.OpenAttached(iv, whole, output.AsSpan(0, length), aad))
                    );
                    Check.Zero(output.AsSpan(0, length), $"{what}: plaintext was left");
                    Check.That(output.AsSpan(length).IndexOfAnyExcept(Guard) < 0, $"{what}: wrote behind the message");

                    byte[] place = whole[..length];
                    byte[] tag = whole[length..];
                    Check.Throws<AuthenticationTagMismatchException>(
                        $"{what}, in place",
                        () => subject.Session.Process(CryptOp.Open(iv, place, tag, place, aad))
                    );
                    Check.Zero(place, $"{what}, in place: plaintext was left");
                    bytes[at] ^= bit;
                }
            }

            Check.Throws<AuthenticationTagMismatchException>($"{subject}, associated data cut", () => subject.Open(whole, iv, aad[..^1]));
            Check.Throws<AuthenticationTagMismatchException>($"{subject}, associated data left out", () => subject.Open(whole, iv));
            Check.Same(good, subject.Open(whole, iv, aad), $"{subject}, after all the wrong ones, seed {random.Seed}");
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Aeads), MemberType = typeof(TargetData))]
    public void Every_tag_length_works_and_a_shorter_tag_is_the_start_of_the_longer(string driver, string name)
    {
        Seeded random = new();
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        foreach (int tagLength in Sizes.Tags(driver, algorithm))
        {
            using Subject subject = Subject.Open(driver, name, random, tagLength: tagLength);
            byte[] iv = subject.Iv(random);
            byte[] aad = random.Bytes(13);
            byte[] plaintext = random.Bytes(37);
            byte[] whole = subject.Seal(plaintext, iv, aad);
            string what = $"{subject}, tag of {tagLength}, seed {random.Seed}";
            Check.Same(plaintext, subject.Open(whole, iv, aad), what);
            using Subject reference = subject.On(Targets.Software);
            Check.Same(reference.Seal(plaintext, iv, aad), whole, $"{what}, against software");
            if (algorithm != CryptoAlgorithm.AesCcm)
            {
                // CCM hashes the tag length; the others cut the full tag.
                using Subject full = Subject.OpenWithKey(driver, algorithm, subject.Key);
                Check.Same(full.Seal(plaintext, iv, aad).AsSpan(0, whole.Length), whole, $"{what}, against the full tag");
            }

            whole[^1] ^= 0x80;
            Check.Throws<AuthenticationTagMismatchException>($"{what}, changed", () => subject.Open(whole, iv, aad));
        }

        foreach (int wrong in Sizes.Wrong(algorithm.TagSizes).Where(size => size != 0))
        {
            Check.Refused(
                $"{name} on {driver}, tag of {wrong}",
                () => Subject.Open(driver, name, random, tagLength: wrong).Dispose(),
                $"{wrong}",
                algorithm.TagSizes.ToString()
            );
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Aeads), MemberType = typeof(TargetData))]
    public void Every_nonce_and_key_length_works(string driver, string name)
    {
        Seeded random = new();
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        foreach (int ivLength in Sizes.Ivs(driver, algorithm))
        {
            foreach (int keyLength in Sizes.Keys(driver, algorithm))
            {
                using Subject subject = Subject.Open(driver, name, random, keyLength, ivLength: ivLength);
                using Subject reference = subject.On(Targets.Software);
                byte[] iv = subject.Iv(random);
                byte[] plaintext = random.Bytes(50);
                byte[] whole = subject.Seal(plaintext, iv, iv);
                string what = $"{subject}, nonce of {ivLength}, seed {random.Seed}";
                Check.Same(reference.Seal(plaintext, iv, iv), whole, $"{what}, against software");
                Check.Same(plaintext, subject.Open(whole, iv, iv), what);
            }
        }

        foreach (int wrong in Sizes.Wrong(algorithm.IvSizes).Where(size => size != 0))
        {
            Check.Refused(
                $"{name} on {driver}, nonce of {wrong}",
                () => Subject.Open(driver, name, random, ivLength: wrong).Dispose(),
                $"{wrong}",
                algorithm.IvSizes.ToString()
            );
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Aeads), MemberType = typeof(TargetData))]
    public void Messages_around_the_limits_are_right_or_refused(string driver, string name)
    {
        Seeded random = new();
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);

        // CCM's longest nonce has the shortest messages: 64 KiB.
        foreach (
            int ivLength in Sizes.Ivs(driver, algorithm) is var sizes && sizes.Contains(13) && algorithm == CryptoAlgorithm.AesCcm
                ? new[] { 12, 13 }
                : [12]
        )
        {
            using Subject subject = Subject.Open(driver, name, random, ivLength: ivLength);
            using Subject? reference = driver == Targets.Software ? null : subject.On(Targets.Software);
            byte[] iv = subject.Iv(random);
            foreach (int length in Limits.Around(subject))
            {
                string what =
                    $"{subject}, nonce of {ivLength}, {length} bytes, limit {subject.Session.MaxMessageLength}, seed {random.Seed}";
                byte[] plaintext = random.Bytes(length);
                if (length > subject.Session.MaxMessageLength)
                {
                    Check.Refused(what, () => subject.Seal(plaintext, iv), $"{length}", $"{subject.Session.MaxMessageLength}");
                    Check.Refused(
                        $"{what}, back",
                        () => subject.Open(new byte[length + subject.Session.TagLength], iv),
                        $"{length}",
                        $"{subject.Session.MaxMessageLength}"
                    );
                    continue;
                }

                byte[] whole = subject.Seal(plaintext, iv);
                if (reference is not null)
                {
                    Check.Same(reference.Seal(plaintext, iv), whole, $"{what}, against software");
                }

                Check.Same(plaintext, subject.Open(whole, iv), $"{what}, back");
            }
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Aeads), MemberType = typeof(TargetData))]
    public void Long_associated_data_is_authenticated_or_refused(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        using Subject? reference = driver == Targets.Software ? null : subject.On(Targets.Software);
        byte[] iv = subject.Iv(random);
        byte[] plaintext = random.Bytes(100);
        List<int> lengths = [65279, 65280, 65536, 150_000, 300_000];

        // AF_ALG has one limit for both, the others one for each.
        int beside = driver is Targets.DevCrypto or Targets.Software ? 0 : plaintext.Length;
        long limit = subject.Session.MaxAssociatedDataLength - beside;
        if (limit < 1 << 22)
        {
            lengths.AddRange([(int)limit, (int)limit + 1]);
        }

        foreach (int length in lengths)
        {
            byte[] aad = random.Bytes(length);
            string what = $"{subject}, {length} bytes of associated data, seed {random.Seed}";
            byte[] whole;
            try
            {
                whole = subject.Seal(plaintext, iv, aad);
            }
            catch (ArgumentException refusal)
            {
                Check.That(length > limit, $"{what}: refused below the limit of {limit}: {refusal.Message}");
                int named = beside == 0 ? length : length + beside;
                Check.That(
                    refusal.Message.Contains($"{named}", StringComparison.Ordinal),
                    $"{what}: the refusal does not name the length: {refusal.Message}"
                );
                continue;
            }

            Check.That(length <= limit, $"{what}: taken beyond the limit of {limit}");
            if (reference is not null)
            {
                Check.Same(reference.Seal(plaintext, iv, aad), whole, $"{what}, against software");
            }

            Check.Same(plaintext, subject.Open(whole, iv, aad), $"{what}, back");
            aad[^1] ^= 1;
            Check.Throws<AuthenticationTagMismatchException>($"{what}, changed", () => subject.Open(whole, iv, aad));
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Aeads), MemberType = typeof(TargetData))]
    public void Nonce_comes_from_the_op_the_buffer_or_at_random(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        int ivLength = subject.Session.IvLength;
        byte[] plaintext = random.Bytes(45);
        byte[] aad = random.Bytes(11);
        byte[] iv = subject.Iv(random);
        byte[] expected = [.. iv, .. subject.Seal(plaintext, iv, aad)];
        string what = $"{subject}, seed {random.Seed}";

        byte[] output = new byte[expected.Length];
        iv.CopyTo(output, 0);
        subject
            .Session.Process(
                new CryptOp
                {
                    IvSource = IvSource.Buffer,
                    Source = plaintext,
                    Destination = output,
                    AssociatedData = aad,
                }
            )
            .Should()
            .Be(output.Length);
        Check.Same(expected, output, $"{what}, nonce already in the destination");
        byte[] back = new byte[plaintext.Length];
        CryptOp Receive(byte[] message) =>
            new()
            {
                Direction = CryptDirection.Decrypt,
                IvSource = IvSource.Buffer,
                Source = message,
                Destination = back,
                AssociatedData = aad,
            };
        subject.Session.Process(Receive(output)).Should().Be(back.Length);
        Check.Same(plaintext, back, $"{what}, nonce first in the source");

        subject
            .Session.Process(
                new CryptOp
                {
                    IvSource = IvSource.Random,
                    Source = plaintext,
                    Destination = output,
                    AssociatedData = aad,
                }
            )
            .Should()
            .Be(output.Length);
        Check.Different(expected.AsSpan(0, ivLength), output.AsSpan(0, ivLength), $"{what}, random nonce");
        subject.Session.Process(Receive(output)).Should().Be(back.Length);
        Check.Same(plaintext, back, $"{what}, random nonce, back");
        output[0] ^= 1;
        Check.Throws<AuthenticationTagMismatchException>($"{what}, nonce changed", () => subject.Session.Process(Receive(output)));
        Check.Zero(back, $"{what}, nonce changed");
    }

    [Theory]
    [MemberData(nameof(TargetData.Aeads), MemberType = typeof(TargetData))]
    public void Sizes_that_do_not_fit_are_refused_untouched_and_named(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] iv = subject.Iv(random);
        byte[] plaintext = random.Bytes(40);
        int tagLength = subject.Session.TagLength;
        byte[] output = new byte[40 + tagLength];
        foreach (int wrong in new[] { 0, iv.Length - 1, iv.Length + 1 })
        {
            Check.Refused(
                $"{subject}, nonce of {wrong}",
                () => subject.Session.Process(CryptOp.SealAttached(new byte[wrong], plaintext, output)),
                $"{wrong}",
                $"{iv.Length}"
            );
        }

        foreach (int wrong in new[] { 1, tagLength - 1, tagLength + 1 })
        {
            Check.Refused(
                $"{subject}, tag of {wrong}",
                () => subject.Session.Process(CryptOp.Seal(iv, plaintext, output, new byte[wrong])),
                $"{wrong}",
                $"{tagLength}"
            );
            Check.Refused(
                $"{subject}, tag of {wrong} back",
                () => subject.Session.Process(CryptOp.Open(iv, plaintext, new byte[wrong], output)),
                $"{wrong}",
                $"{tagLength}"
            );
        }

        Check.Refused(
            $"{subject}, no room for the tag",
            () => subject.Session.Process(CryptOp.SealAttached(iv, plaintext, output.AsSpan(0, 40 + tagLength - 1))),
            $"{40 + tagLength - 1}",
            $"{40 + tagLength}"
        );
        Check.Refused(
            $"{subject}, room for more than the tag",
            () => subject.Session.Process(CryptOp.SealAttached(iv, plaintext, new byte[40 + tagLength + 1])),
            $"{40 + tagLength + 1}",
            $"{40 + tagLength}"
        );
        foreach (int wrong in new[] { 39, 41 })
        {
            Check.Refused(
                $"{subject}, {wrong} bytes for 40 of an attached tag's message",
                () => subject.Session.Process(CryptOp.OpenAttached(iv, output, new byte[wrong])),
                $"{wrong}",
                "40"
            );
        }

        Check.Refused(
            $"{subject}, no room",
            () => subject.Session.Process(CryptOp.Seal(iv, plaintext, output.AsSpan(0, 39), new byte[tagLength])),
            "39",
            "40"
        );
        Check.Refused(
            $"{subject}, shorter than a tag",
            () => subject.Session.Process(CryptOp.OpenAttached(iv, new byte[tagLength - 1], output)),
            $"{tagLength - 1}",
            $"{tagLength}"
        );
        Check.Refused(
            $"{subject}, compute when decrypting",
            () =>
                subject.Session.Process(
                    new CryptOp
                    {
                        Direction = CryptDirection.Decrypt,
                        TagAction = TagAction.Compute,
                        Source = plaintext,
                        Destination = output,
                        Iv = iv,
                    }
                ),
            "TagAction"
        );
        Check.Refused(
            $"{subject}, verify when encrypting",
            () =>
                subject.Session.Process(
                    new CryptOp
                    {
                        TagAction = TagAction.Verify,
                        Source = plaintext,
                        Destination = output,
                        Iv = iv,
                    }
                ),
            "TagAction"
        );
        Check.Throws<InvalidOperationException>($"{subject}, running state", () => subject.Session.BeginCipher(CryptDirection.Encrypt, iv));
        Check.Throws<InvalidOperationException>($"{subject}, running digest", () => subject.Session.BeginDigest());
        Check.Zero(output, $"{subject}: a refused operation wrote");
    }

    [Theory]
    [MemberData(nameof(TargetData.Aeads), MemberType = typeof(TargetData))]
    public void Overlap_is_refused_where_it_would_hurt(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] iv = subject.Iv(random);
        byte[] buffer = random.Bytes(300);
        byte[] before = [.. buffer];
        byte[] tag = new byte[subject.Session.TagLength];
        foreach (int shift in new[] { -59, -1, 1, 59 })
        {
            Check.Refused(
                $"{subject}, overlap by {shift}",
                () => subject.Session.Process(CryptOp.Seal(iv, buffer.AsSpan(100, 60), buffer.AsSpan(100 + shift, 60), tag)),
                "overlap",
                $"{shift}"
            );
            Check.Refused(
                $"{subject}, overlap by {shift} back",
                () => subject.Session.Process(CryptOp.Open(iv, buffer.AsSpan(100, 60), tag, buffer.AsSpan(100 + shift, 60))),
                "overlap",
                $"{shift}"
            );
        }

        Check.Refused(
            $"{subject}, tag in the destination",
            () => subject.Session.Process(CryptOp.Seal(iv, buffer.AsSpan(0, 60), buffer.AsSpan(100, 60), buffer.AsSpan(150, tag.Length))),
            "tag"
        );
        Check.Refused(
            $"{subject}, associated data in the destination",
            () => subject.Session.Process(CryptOp.Seal(iv, buffer.AsSpan(0, 60), buffer.AsSpan(100, 60), tag, buffer.AsSpan(110, 5))),
            "associatedData"
        );
        Check.Same(before, buffer, $"{subject}: a refused operation wrote");
    }
}
