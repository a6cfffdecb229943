using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>The vectors of tests/vectors on every driver.</summary>
public sealed class KnownAnswerTests
{
    /// <summary>cryptodev-linux maps one page.</summary>
    private const int ShortestLimitOfAssociatedData = 4096;

    [Fact]
    public void Every_algorithm_that_a_rung_can_serve_has_vectors_and_every_file_has_an_algorithm()
    {
        IEnumerable<string> served = CryptoAlgorithm
            .All.Where(algorithm => algorithm.Kernel.Name is not null || algorithm.Libcrypto.Kind != LibcryptoKind.Missing)
            .Select(algorithm => algorithm.Name);
        Vector.Files.Should().BeEquivalentTo(served);
        foreach (string file in Vector.Files)
        {
            Vector.Read(file).Should().NotBeEmpty($"{file} has at least one vector");
        }
    }

    [Theory]
    [MemberData(nameof(TargetData.EveryMember), MemberType = typeof(TargetData))]
    public void Driver_gives_the_published_bytes(string driver, string name)
    {
        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        int checkedVectors = 0;
        foreach (Vector vector in Vector.Read(name))
        {
            // A rung may take fewer sizes than the document: AF_ALG GCM has 12-byte nonces only.
            if (!Served(driver, algorithm, vector))
            {
                continue;
            }

            string what = $"{name} on {driver}, {vector.Source}";
            int tagLength = algorithm.Kind is AlgorithmKind.Mac or AlgorithmKind.Aead ? vector.Tag.Length : 0;
            int ivLength = algorithm.Kind is AlgorithmKind.Mac or AlgorithmKind.Aead ? vector.Iv.Length : 0;
            using Subject subject = Subject.OpenWithKey(driver, algorithm, vector.Key, tagLength, ivLength);
            if (vector.Plaintext.Length > subject.Session.MaxMessageLength)
            {
                continue;
            }

            switch (algorithm.Kind)
            {
                case AlgorithmKind.Cipher:
                    Check.Same(vector.Ciphertext, subject.Seal(vector.Plaintext, vector.Iv), $"{what}, encrypt");
                    Check.Same(vector.Plaintext, subject.Open(vector.Ciphertext, vector.Iv), $"{what}, decrypt");
                    break;
                case AlgorithmKind.Aead:
                    byte[] whole = [.. vector.Ciphertext, .. vector.Tag];
                    Check.Same(whole, subject.Seal(vector.Plaintext, vector.Iv, vector.AssociatedData), $"{what}, encrypt");
                    Check.Same(vector.Plaintext, subject.Open(whole, vector.Iv, vector.AssociatedData), $"{what}, decrypt");
                    break;
                case AlgorithmKind.Compression:
                    byte[] expanded = new byte[vector.Plaintext.Length];
                    int written = subject.Session.Process(CryptOp.Decrypt(vector.Ciphertext, expanded));
                    Check.Same(vector.Plaintext, expanded.AsSpan(0, written), $"{what}, expand");
                    break;
                default:
                    Check.Same(vector.Tag, subject.Seal(vector.Plaintext, vector.Iv), $"{what}, digest");
                    Check.That(
                        subject.Session.Process(CryptOp.Verify(vector.Plaintext, vector.Tag, vector.Iv)) == vector.Tag.Length,
                        $"{what}, verify"
                    );
                    vector.Tag[^1] ^= 1;
                    Check.Throws<AuthenticationTagMismatchException>(
                        $"{what}, verify with a wrong bit",
                        () => subject.Session.Process(CryptOp.Verify(vector.Plaintext, vector.Tag, vector.Iv))
                    );
                    break;
            }

            checkedVectors++;
        }

        checkedVectors.Should().BePositive($"{driver} should take at least one vector of {name}");
    }

    private static bool Served(string driver, CryptoAlgorithm algorithm, Vector vector)
    {
        if (driver.Split(':')[0] == Targets.DevCrypto)
        {
            bool tagged = algorithm.Kind is AlgorithmKind.Mac or AlgorithmKind.Aead;
            return vector.AssociatedData.Length <= ShortestLimitOfAssociatedData
                && Sizes.Serves(driver, algorithm, vector.Key.Length, tagged ? vector.Tag.Length : 0, tagged ? vector.Iv.Length : 0);
        }

        if (driver.Split(':')[0] != "af_alg")
        {
            return true;
        }

        KernelRung kernel = algorithm.Kernel;
        return (kernel.KeySizes?.Contains(vector.Key.Length) ?? true)
            && (kernel.IvSizes?.Contains(vector.Iv.Length) ?? true)
            && (kernel.TagSizes?.Contains(vector.Tag.Length) ?? true);
    }
}
