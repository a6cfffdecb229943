using System.Buffers.Binary;
using CryptoDev.Framework;

namespace CryptoDev.Conformance.Support;

/// <summary>One open session of one driver for one algorithm, with what it was opened with, and whole-message calls in arrays.</summary>
internal sealed class Subject : IDisposable
{
    private Subject(string driver, CryptoAlgorithm algorithm, byte[] key, Session session)
    {
        Driver = driver;
        Algorithm = algorithm;
        Key = key;
        Session = session;
    }

    public string Driver { get; }

    public CryptoAlgorithm Algorithm { get; }

    public byte[] Key { get; }

    public Session Session { get; }

    /// <summary>Opens with the algorithm's default sizes, or those given; a random key from <paramref name="random"/>.</summary>
    public static Subject Open(string driver, string algorithm, Seeded random, int? keyLength = null, int tagLength = 0, int ivLength = 0)
    {
        CryptoAlgorithm row = CryptoAlgorithm.Parse(algorithm);
        return OpenWithKey(driver, row, random.Bytes(keyLength ?? row.KeySizes.Default), tagLength, ivLength);
    }

    public static Subject OpenWithKey(string driver, CryptoAlgorithm algorithm, byte[] key, int tagLength = 0, int ivLength = 0)
    {
        using CryptoKey? held = algorithm.KeySizes.Maximum == 0 ? null : CryptoKey.Copy(key);
        return new Subject(driver, algorithm, key, Targets.Open(driver, Parameters(algorithm, held, tagLength, ivLength)));
    }

    /// <summary>The same session on another driver.</summary>
    public Subject On(string driver) => OpenWithKey(driver, Algorithm, Key, TagLengthAsked, IvLengthAsked);

    public static SessionParameters Parameters(CryptoAlgorithm algorithm, SessionKey? key, int tagLength = 0, int ivLength = 0) =>
        algorithm.Kind switch
        {
            AlgorithmKind.Cipher => SessionParameters.Cipher(algorithm, key),
            AlgorithmKind.Aead => SessionParameters.Aead(algorithm, key!, tagLength, ivLength),
            AlgorithmKind.Digest => SessionParameters.Digest(algorithm),
            AlgorithmKind.Mac => SessionParameters.KeyedDigest(algorithm, key, tagLength, ivLength),
            _ => SessionParameters.Compression(algorithm),
        };

    /// <summary>
    /// The longest message with this much associated data. <see cref="Session.MaxMessageLength"/> says what fits without any; where a
    /// kernel takes both in one request, the message is that much shorter.
    /// </summary>
    public long LongestBeside(int associatedData) => Session.MaxMessageLength - associatedData;

    public byte[] Iv(Seeded random) => NewIv(Algorithm, Session.IvLength, random);

    /// <summary>A random IV; ChaCha20's counter starts low enough for any test message.</summary>
    public static byte[] NewIv(CryptoAlgorithm algorithm, int length, Seeded random)
    {
        byte[] iv = random.Bytes(length);
        if (algorithm.Chaining == IvChaining.Counter32)
        {
            BinaryPrimitives.WriteInt32LittleEndian(iv, random.Next(0, 1000));
        }

        return iv;
    }

    /// <summary>Encrypts, or computes the tag; AEAD: ciphertext then tag.</summary>
    public byte[] Seal(byte[] plaintext, byte[] iv, byte[]? associatedData = null)
    {
        byte[] output = new byte[
            Algorithm.Kind switch
            {
                AlgorithmKind.Cipher => plaintext.Length,
                AlgorithmKind.Aead => plaintext.Length + Session.TagLength,
                _ => Session.TagLength,
            }
        ];
        int written = Session.Process(
            Algorithm.Kind switch
            {
                AlgorithmKind.Cipher => CryptOp.Encrypt(plaintext, output, iv) with { AssociatedData = associatedData ?? [] },
                AlgorithmKind.Aead => CryptOp.SealAttached(iv, plaintext, output, associatedData ?? []),
                _ => CryptOp.Digest(plaintext, output, iv),
            }
        );
        Check.That(written == output.Length, $"{this}: Process returned {written} for {output.Length} bytes");
        return output;
    }

    /// <summary>Decrypts what <see cref="Seal"/> made of a cipher or AEAD.</summary>
    public byte[] Open(byte[] ciphertext, byte[] iv, byte[]? associatedData = null)
    {
        byte[] output = new byte[Algorithm.Kind == AlgorithmKind.Aead ? ciphertext.Length - Session.TagLength : ciphertext.Length];
        int written = Session.Process(
            Algorithm.Kind == AlgorithmKind.Aead
                ? CryptOp.OpenAttached(iv, ciphertext, output, associatedData ?? [])
                : CryptOp.Decrypt(ciphertext, output, iv) with
                {
                    AssociatedData = associatedData ?? [],
                }
        );
        Check.That(written == output.Length, $"{this}: Process returned {written} for {output.Length} bytes");
        return output;
    }

    public void Dispose() => Session.Dispose();

    public override string ToString() => $"{Algorithm} on {Driver}, key of {Key.Length} bytes";

    private int TagLengthAsked => Session.Parameters.Transforms[0].TagLength;

    private int IvLengthAsked => Session.Parameters.Transforms[0].IvLength;
}
