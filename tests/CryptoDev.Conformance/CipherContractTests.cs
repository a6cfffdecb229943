using CryptoDev.Conformance.Support;
using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>What every cipher session keeps to, on every driver.</summary>
public sealed class CipherContractTests
{
    private const byte Guard = 0xA5;

    [Theory]
    [MemberData(nameof(TargetData.CiphersOfEveryMember), MemberType = typeof(TargetData))]
    public void Every_short_length_round_trips_in_place_and_apart_and_equals_the_software_driver(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        using Subject? reference =
            driver == Targets.Software || subject.Algorithm.Libcrypto.Kind == LibcryptoKind.Missing ? null : subject.On(Targets.Software);
        foreach (int length in Sizes.Sweep(driver, subject.Algorithm))
        {
            string what = $"{subject}, {length} bytes, seed {random.Seed}";
            byte[] plaintext = random.Bytes(length);
            byte[] iv = subject.Iv(random);
            byte[] ciphertext = subject.Seal(plaintext, iv);
            if (reference is not null)
            {
                Check.Same(reference.Seal(plaintext, iv), ciphertext, $"{what}, against software");
            }

            if (length >= 16 && subject.Algorithm.Libcrypto.Kind != LibcryptoKind.Null)
            {
                Check.Different(plaintext, ciphertext, what);
            }

            Check.Same(plaintext, subject.Open(ciphertext, iv), $"{what}, back");

            byte[] buffer = new byte[length + 40];
            buffer.AsSpan().Fill(Guard);
            int offset = length % 7;
            Span<byte> place = buffer.AsSpan(offset, length);
            plaintext.CopyTo(place);
            subject.Session.Process(CryptOp.Encrypt(place, buffer.AsSpan(offset), iv)).Should().Be(length);
            Check.Same(ciphertext, place, $"{what}, in place");
            Check.That(
                buffer.AsSpan(0, offset).IndexOfAnyExcept(Guard) < 0 && buffer.AsSpan(offset + length).IndexOfAnyExcept(Guard) < 0,
                $"{what}: wrote outside the message"
            );
            subject.Session.Process(CryptOp.Decrypt(place, place, iv)).Should().Be(length);
            Check.Same(plaintext, place, $"{what}, back in place");
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Ciphers), MemberType = typeof(TargetData))]
    public void Lengths_that_the_algorithm_does_not_take_are_refused_untouched(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] iv = subject.Iv(random);
        foreach (int length in Enumerable.Range(0, 50).Where(length => !Sizes.Fits(subject.Algorithm, length)))
        {
            byte[] output = new byte[length + 16];
            string allowed =
                length < subject.Algorithm.MinimumMessageLength
                    ? $"{subject.Algorithm.MinimumMessageLength}"
                    : $"{subject.Algorithm.BlockSize}";
            Check.Refused(
                $"{subject}, {length} bytes",
                () => subject.Session.Process(CryptOp.Encrypt(new byte[length], output, iv)),
                $"{length}",
                allowed
            );
            Check.Refused(
                $"{subject}, {length} bytes back",
                () => subject.Session.Process(CryptOp.Decrypt(new byte[length], output, iv)),
                $"{length}",
                allowed
            );
            Check.Zero(output, $"{subject}, {length} bytes: a refused operation wrote");
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Ciphers), MemberType = typeof(TargetData))]
    public void Messages_around_the_limits_are_right_or_refused(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        using Subject? reference =
            driver == Targets.Software || subject.Algorithm.Libcrypto.Kind == LibcryptoKind.Missing ? null : subject.On(Targets.Software);
        byte[] iv = subject.Iv(random);
        foreach (int length in Limits.Around(subject))
        {
            string what = $"{subject}, {length} bytes, limit {subject.Session.MaxMessageLength}, seed {random.Seed}";
            byte[] plaintext = random.Bytes(length);
            if (length > subject.Session.MaxMessageLength)
            {
                Check.Refused(what, () => subject.Seal(plaintext, iv), $"{length}", $"{subject.Session.MaxMessageLength}");
                continue;
            }

            byte[] ciphertext = subject.Seal(plaintext, iv);
            if (reference is not null && length <= reference.Session.MaxMessageLength)
            {
                Check.Same(reference.Seal(plaintext, iv), ciphertext, $"{what}, against software");
            }

            Check.Same(plaintext, subject.Open(ciphertext, iv), $"{what}, back");
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Ciphers), MemberType = typeof(TargetData))]
    public void Every_key_size_works(string driver, string name)
    {
        Seeded random = new();
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        foreach (int keyLength in Sizes.Keys(driver, algorithm))
        {
            using Subject subject = Subject.Open(driver, name, random, keyLength);
            byte[] plaintext = random.Bytes(Sizes.Fitted(algorithm, 96));
            byte[] iv = subject.Iv(random);
            byte[] ciphertext = subject.Seal(plaintext, iv);
            if (driver != Targets.Software && algorithm.Libcrypto.Kind != LibcryptoKind.Missing)
            {
                using Subject reference = subject.On(Targets.Software);
                Check.Same(reference.Seal(plaintext, iv), ciphertext, $"{subject} against software, seed {random.Seed}");
            }

            Check.Same(plaintext, subject.Open(ciphertext, iv), $"{subject}, seed {random.Seed}");
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Ciphers), MemberType = typeof(TargetData))]
    public void Wrong_iv_and_short_destination_are_refused_and_named(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] iv = subject.Iv(random);
        byte[] plaintext = random.Bytes(Sizes.Fitted(subject.Algorithm, 64));
        foreach (int wrong in Sizes.Wrong(subject.Algorithm.IvSizes))
        {
            Check.Refused(
                $"{subject}, IV of {wrong} bytes",
                () => subject.Seal(plaintext, new byte[wrong]),
                $"{wrong}",
                $"{subject.Session.IvLength}",
                name
            );
        }

        foreach (int shorter in new[] { 0, 1, plaintext.Length - 1 })
        {
            byte[] output = new byte[shorter];
            Check.Refused(
                $"{subject}, destination of {shorter}",
                () => subject.Session.Process(CryptOp.Encrypt(plaintext, output, iv)),
                $"{shorter}",
                $"{plaintext.Length}"
            );
            Check.Refused(
                $"{subject}, destination of {shorter}",
                () => subject.Session.Process(CryptOp.Decrypt(plaintext, output, iv)),
                $"{shorter}",
                $"{plaintext.Length}"
            );
            Check.Zero(output, $"{subject}: a refused operation wrote");
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.Ciphers), MemberType = typeof(TargetData))]
    public void Tag_and_associated_data_are_refused_by_a_cipher(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] iv = subject.Iv(random);
        byte[] message = random.Bytes(Sizes.Fitted(subject.Algorithm, 32));
        byte[] output = new byte[message.Length];
        byte[] one = new byte[16];
        Check.Refused($"{subject}, associated data", () => subject.Session.Process(CryptOp.SealAttached(iv, message, output, one)), name);
        Check.Refused($"{subject}, tag", () => subject.Session.Process(CryptOp.Seal(iv, message, output, one)), name);
        Check.Refused(
            $"{subject}, tag action",
            () =>
                subject.Session.Process(
                    new CryptOp
                    {
                        Source = message,
                        Destination = output,
                        Iv = iv,
                        TagAction = TagAction.Compute,
                    }
                ),
            name
        );
        Check.Zero(output, $"{subject}: a refused operation wrote");
    }

    [Theory]
    [MemberData(nameof(TargetData.Ciphers), MemberType = typeof(TargetData))]
    public void Partial_overlap_is_refused_in_both_directions(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] iv = subject.Iv(random);
        int length = Sizes.Fitted(subject.Algorithm, 64);
        byte[] buffer = random.Bytes(3 * length);
        byte[] before = [.. buffer];
        foreach (int shift in new[] { -(length - 1), -16, -1, 1, 16, length - 1 })
        {
            void Encrypt() =>
                subject.Session.Process(CryptOp.Encrypt(buffer.AsSpan(length, length), buffer.AsSpan(length + shift, length), iv));
            void Decrypt() =>
                subject.Session.Process(CryptOp.Decrypt(buffer.AsSpan(length, length), buffer.AsSpan(length + shift, length), iv));
            Check.Refused($"{subject}, overlap by {shift}", Encrypt, "overlap", $"{shift}");
            Check.Refused($"{subject}, overlap by {shift} back", Decrypt, "overlap", $"{shift}");
        }

        Check.Same(before, buffer, $"{subject}: a refused operation wrote");
        subject
            .Session.Process(CryptOp.Encrypt(buffer.AsSpan(0, length), buffer.AsSpan(length, length), iv))
            .Should()
            .Be(length, "neighbours do not overlap");
    }

    [Theory]
    [MemberData(nameof(TargetData.CiphersWithIv), MemberType = typeof(TargetData))]
    public void Iv_comes_from_the_op_the_buffer_or_at_random(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        int ivLength = subject.Session.IvLength;
        byte[] plaintext = random.Bytes(Sizes.Fitted(subject.Algorithm, 100));
        byte[] iv = subject.Iv(random);
        byte[] expected = [.. iv, .. subject.Seal(plaintext, iv)];
        string what = $"{subject}, seed {random.Seed}";

        byte[] output = new byte[ivLength + plaintext.Length];
        iv.CopyTo(output, 0);
        subject
            .Session.Process(
                new CryptOp
                {
                    IvSource = IvSource.Buffer,
                    Source = plaintext,
                    Destination = output,
                }
            )
            .Should()
            .Be(output.Length);
        Check.Same(expected, output, $"{what}, IV already in the destination");

        byte[] back = new byte[plaintext.Length];
        subject
            .Session.Process(
                new CryptOp
                {
                    Direction = CryptDirection.Decrypt,
                    IvSource = IvSource.Buffer,
                    Source = output,
                    Destination = back,
                }
            )
            .Should()
            .Be(back.Length);
        Check.Same(plaintext, back, $"{what}, IV first in the source");

        HashSet<string> seen = [];
        for (int i = 0; i < 3; i++)
        {
            subject
                .Session.Process(
                    new CryptOp
                    {
                        IvSource = IvSource.Random,
                        Source = plaintext,
                        Destination = output,
                    }
                )
                .Should()
                .Be(output.Length);
            Check.Same(plaintext, subject.Open(output[ivLength..], output[..ivLength]), $"{what}, random IV");
            seen.Add(Convert.ToHexString(output, 0, ivLength));
        }

        seen.Should().HaveCount(3, "a random IV is a new one each time");
        Check.Refused(
            what,
            () =>
                subject.Session.Process(
                    new CryptOp
                    {
                        Direction = CryptDirection.Decrypt,
                        IvSource = IvSource.Random,
                        Source = output,
                        Destination = back,
                    }
                ),
            "random"
        );
        Check.Refused(
            what,
            () =>
                subject.Session.Process(
                    new CryptOp
                    {
                        IvSource = IvSource.Buffer,
                        Source = plaintext,
                        Destination = output,
                        Iv = iv,
                    }
                ),
            "IV"
        );
        Check.Refused(
            what,
            () =>
                subject.Session.Process(
                    new CryptOp
                    {
                        IvSource = (IvSource)7,
                        Source = plaintext,
                        Destination = output,
                    }
                ),
            "7"
        );
        Check.Refused(
            what,
            () =>
                subject.Session.Process(
                    new CryptOp
                    {
                        IvSource = IvSource.Random,
                        Source = plaintext,
                        Destination = new byte[ivLength - 1],
                    }
                ),
            $"{ivLength - 1}"
        );
        Check.Refused(
            what,
            () =>
                subject.Session.Process(
                    new CryptOp
                    {
                        Direction = CryptDirection.Decrypt,
                        IvSource = IvSource.Buffer,
                        Source = new byte[ivLength - 1],
                        Destination = back,
                    }
                ),
            $"{ivLength - 1}"
        );
    }

    [Theory]
    [MemberData(nameof(TargetData.RunningCiphers), MemberType = typeof(TargetData))]
    public void Pieces_give_the_bytes_of_the_whole(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        int block = subject.Algorithm.BlockSize;
        byte[] plaintext = random.Bytes(Sizes.Fitted(subject.Algorithm, 403));
        byte[] iv = subject.Iv(random);
        byte[] ciphertext = subject.Seal(plaintext, iv);
        string what = $"{subject}, seed {random.Seed}";
        foreach (
            (string pattern, Func<int> piece) in new (string, Func<int>)[]
            {
                ("1 byte", () => 1),
                ("7 bytes", () => 7),
                ("16 bytes", () => 16),
                ("17 bytes", () => 17),
                ("64 bytes", () => 64),
                ("65 bytes", () => 65),
                ("random", () => random.Next(0, 90)),
                ("random again", () => random.Next(1, 33)),
                ("all", () => int.MaxValue),
            }
        )
        {
            Check.Same(ciphertext, Run(subject, CryptDirection.Encrypt, iv, plaintext, piece), $"{what}, encrypt, pieces: {pattern}");
            Check.Same(plaintext, Run(subject, CryptDirection.Decrypt, iv, ciphertext, piece), $"{what}, decrypt, pieces: {pattern}");
        }

        // In place: whole blocks, and for stream modes any piece.
        foreach (CryptDirection direction in new[] { CryptDirection.Encrypt, CryptDirection.Decrypt })
        {
            byte[] buffer = direction == CryptDirection.Encrypt ? [.. plaintext] : [.. ciphertext];
            using CipherOperation operation = subject.Session.BeginCipher(direction, iv);
            for (int at = 0; at < buffer.Length; )
            {
                int size = Math.Min(buffer.Length - at, block * random.Next(1, block == 1 ? 50 : 4));
                operation.Update(buffer.AsSpan(at, size), buffer.AsSpan(at, size)).Should().Be(size);
                at += size;
            }

            operation.Final();
            Check.Same(direction == CryptDirection.Encrypt ? ciphertext : plaintext, buffer, $"{what}, {direction} in place in pieces");
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.RunningCiphers), MemberType = typeof(TargetData))]
    public void Long_pieces_chain_too(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] plaintext = random.Bytes(Sizes.Fitted(subject.Algorithm, Targets.IsEmulated ? 70_000 : 300_000));
        byte[] iv = subject.Iv(random);
        byte[] ciphertext = subject.Seal(plaintext, iv);
        Check.Same(
            ciphertext,
            Run(subject, CryptDirection.Encrypt, iv, plaintext, () => random.Next(1, plaintext.Length / 2)),
            $"{subject}, seed {random.Seed}"
        );
        Check.Same(
            plaintext,
            Run(subject, CryptDirection.Decrypt, iv, ciphertext, () => random.Next(1, plaintext.Length / 2)),
            $"{subject} back, seed {random.Seed}"
        );
    }

    [Theory]
    [MemberData(nameof(TargetData.RunningCiphers), MemberType = typeof(TargetData))]
    public void A_running_cipher_refuses_misuse(string driver, string name)
    {
        Seeded random = new();
        using Subject subject = Subject.Open(driver, name, random);
        byte[] iv = subject.Iv(random);
        int block = subject.Algorithm.BlockSize;
        foreach (int wrong in Sizes.Wrong(subject.Algorithm.IvSizes))
        {
            Check.Refused(
                $"{subject}, IV of {wrong}",
                () => subject.Session.BeginCipher(CryptDirection.Encrypt, new byte[wrong]),
                $"{wrong}",
                $"{subject.Session.IvLength}"
            );
        }

        Check.Refused($"{subject}, direction", () => subject.Session.BeginCipher((CryptDirection)9, iv), "9");

        byte[] buffer = new byte[4 * block];
        using CipherOperation operation = subject.Session.BeginCipher(CryptDirection.Encrypt, iv);
        Check.Refused(
            $"{subject}, short",
            () => operation.Update(buffer, new byte[buffer.Length - 1]),
            $"{buffer.Length - 1}",
            $"{buffer.Length}"
        );
        Check.Refused($"{subject}, overlap", () => operation.Update(buffer.AsSpan(0, 2 * block), buffer.AsSpan(1, 2 * block)), "overlap");
        if (block > 1)
        {
            operation.Update(new byte[1], default).Should().Be(0, "a block mode holds back an unfinished block");
            Check.Refused($"{subject}, held back in place", () => operation.Update(buffer, buffer), "1 bytes");
            Check.Refused($"{subject}, unfinished", operation.Final, $"{block}", "1 were given");
        }
        else
        {
            operation.Final();
        }

        Check.Throws<InvalidOperationException>($"{subject}, after Final", () => operation.Update(buffer, buffer));
        Check.Throws<InvalidOperationException>($"{subject}, Final twice", operation.Final);
        operation.Dispose();
        Check.Throws<ObjectDisposedException>($"{subject}, disposed", () => operation.Update(buffer, buffer));

        CipherOperation orphan = subject.Session.BeginCipher(CryptDirection.Encrypt, iv);
        subject.Session.Dispose();
        Check.Throws<ObjectDisposedException>($"{subject}, session disposed", () => orphan.Update(buffer, buffer));
        orphan.Dispose();
    }

    private static byte[] Run(Subject subject, CryptDirection direction, byte[] iv, byte[] input, Func<int> piece)
    {
        using CipherOperation operation = subject.Session.BeginCipher(direction, iv);
        byte[] output = new byte[input.Length];
        int written = 0;
        for (int at = 0; at < input.Length; )
        {
            int size = Math.Min(piece(), input.Length - at);
            int promised = operation.OutputLength(size);
            int got = operation.Update(input.AsSpan(at, size), output.AsSpan(written));
            Check.That(got == promised, $"{subject}: OutputLength said {promised}, Update wrote {got}");
            written += got;
            at += size;
        }

        operation.Final();
        Check.That(written == input.Length, $"{subject}: {written} of {input.Length} bytes came out");
        return output;
    }
}
