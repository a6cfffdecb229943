using System.Security.Cryptography;
using CryptoDev.Conformance.Support;
using Xunit;

namespace CryptoDev.Conformance;

/// <summary>Runs with nothing beside it: descriptors and libcrypto objects are counted for the whole process.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Sessions opened and closed, and every way to fail, leave no descriptor and no libcrypto object behind.</summary>
[Collection(nameof(Alone))]
public sealed class LeakTests
{
    [Theory]
    [MemberData(nameof(TargetData.Rungs), MemberType = typeof(TargetData))]
    public void Sessions_opened_and_closed_leave_nothing(string driver)
    {
        int sessions =
            driver == Targets.Software ? 100_000
            : Targets.IsEmulated ? 300
            : 2_000;
        string[] names =
        [
            .. new[] { "aes-cbc", "sha256", "hmac-sha256", "aes-gcm", "aes-cmac" }.Where(name =>
                driver != Targets.DevCrypto || Targets.All.Contains((driver, CryptoAlgorithm.Parse(name)))
            ),
        ];
        Seeded random = new();
        foreach (string name in names)
        {
            UseOnce(driver, name, random, 0);
        }

        // What earlier tests have forgotten must not be finalized between the two counts.
        Collect();
        OpenThings before = OpenThings.Now();
        for (int i = 0; i < sessions; i++)
        {
            UseOnce(driver, names[i % names.Length], random, i);
        }

        before.ShouldBeAll($"{sessions} sessions on {driver} were closed");
    }

    [Theory]
    [MemberData(nameof(TargetData.Messages), MemberType = typeof(TargetData))]
    public void Every_way_to_fail_leaves_nothing(string driver, string name)
    {
        Seeded random = new();
        FailEveryWay(driver, name, random);
        Collect();
        OpenThings before = OpenThings.Now();
        for (int i = 0; i < (Targets.IsEmulated ? 1 : 5); i++)
        {
            FailEveryWay(driver, name, random);
        }

        before.ShouldBeAll($"{name} on {driver} failed in every way");
    }

    [Theory]
    [MemberData(nameof(TargetData.Rungs), MemberType = typeof(TargetData))]
    public void A_forgotten_session_is_collected(string driver)
    {
        Forget(driver);
        Collect();
        OpenThings before = OpenThings.Now();
        Forget(driver);
        Collect();
        before.ShouldBeAll($"sessions on {driver} were forgotten");
    }

    [Theory]
    [MemberData(nameof(TargetData.Messages), MemberType = typeof(TargetData))]
    public void A_forgotten_operation_is_collected_while_its_session_goes_on(string driver, string name)
    {
        using Subject subject = Subject.Open(driver, name, new Seeded());
        if (subject.Algorithm.Chaining == Framework.IvChaining.WholeMessage || subject.Algorithm.Kind == AlgorithmKind.Aead)
        {
            return;
        }

        byte[] message = new byte[Sizes.Fitted(subject.Algorithm, 64)];
        byte[] iv = new byte[subject.Session.IvLength];
        byte[] expected = subject.Seal(message, iv);
        ForgetOperations(subject, message, iv);
        Collect();
        OpenThings before = OpenThings.Now();
        ForgetOperations(subject, message, iv);
        Collect();
        before.ShouldBeAll($"operations of {name} on {driver} were forgotten");
        Check.Same(expected, subject.Seal(message, iv), $"{subject} after operations were forgotten");
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void ForgetOperations(Subject subject, byte[] message, byte[] iv)
    {
        for (int i = 0; i < 20; i++)
        {
            if (subject.Algorithm.Kind is AlgorithmKind.Digest or AlgorithmKind.Mac)
            {
                DigestOperation digest = subject.Session.BeginDigest();
                digest.Update(message);
                digest.Clone();
            }
            else if (subject.Algorithm.Kind == AlgorithmKind.Cipher)
            {
                subject.Session.BeginCipher(CryptDirection.Encrypt, iv).Update(message, new byte[message.Length]);
            }
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Forget(string driver)
    {
        for (int i = 0; i < 50; i++)
        {
            using CryptoKey key = new(new byte[16]);
            Session session = Targets.Open(driver, SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key));
            session.Process(CryptOp.Encrypt(new byte[16], new byte[16], new byte[16]));
        }
    }

    private static void Collect()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static void UseOnce(string driver, string name, Seeded random, int number)
    {
        using Subject subject = Subject.Open(driver, name, random);
        byte[] message = new byte[64];
        byte[] iv = new byte[subject.Session.IvLength];
        byte[] output = subject.Seal(message, iv);
        if (subject.Algorithm.Kind is AlgorithmKind.Cipher or AlgorithmKind.Aead && number % 2 == 0)
        {
            subject.Open(output, iv);
        }

        if (number % 10 == 0 && subject.Algorithm.Kind == AlgorithmKind.Cipher)
        {
            using CipherOperation operation = subject.Session.BeginCipher(CryptDirection.Encrypt, iv);
            operation.Update(message, output);
        }
        else if (number % 10 == 1 && subject.Algorithm.Kind is AlgorithmKind.Digest or AlgorithmKind.Mac)
        {
            using DigestOperation operation = subject.Session.BeginDigest();
            operation.Update(message);
            operation.Peek(output);
            using DigestOperation clone = operation.Clone();
            clone.Final(output);
        }
    }

    private static void FailEveryWay(string driver, string name, Seeded random)
    {
        using (Subject subject = Subject.Open(driver, name, random))
        {
            Session session = subject.Session;
            byte[] message = random.Bytes(Sizes.Fitted(subject.Algorithm, 64));
            byte[] iv = subject.Iv(random);
            byte[] whole = subject.Seal(message, iv);
            Expect<ArgumentException>(() => session.Process(CryptOp.Encrypt(message, default, iv)));
            Expect<ArgumentException>(() => session.Process(CryptOp.Encrypt(message, new byte[200], new byte[iv.Length + 1])));
            switch (subject.Algorithm.Kind)
            {
                case AlgorithmKind.Aead:
                    whole[^1] ^= 1;
                    Expect<AuthenticationTagMismatchException>(() => subject.Open(whole, iv));
                    break;
                case AlgorithmKind.Digest or AlgorithmKind.Mac:
                    whole[^1] ^= 1;
                    Expect<AuthenticationTagMismatchException>(() => session.Process(CryptOp.Verify(message, whole, iv)));
                    if (subject.Algorithm.Chaining != Framework.IvChaining.WholeMessage)
                    {
                        using DigestOperation digest = session.BeginDigest();
                        digest.Update(message);
                        Expect<ArgumentException>(() => digest.Final(default));
                        Expect<ArgumentException>(() => digest.Peek(default));
                    }

                    break;
                default:
                    if (subject.Algorithm.Chaining != Framework.IvChaining.WholeMessage)
                    {
                        Expect<ArgumentException>(() => session.BeginCipher(CryptDirection.Encrypt, new byte[iv.Length + 1]));
                        using CipherOperation cipher = session.BeginCipher(CryptDirection.Decrypt, iv);
                        Expect<ArgumentException>(() => cipher.Update(message, default));
                    }

                    break;
            }

            session.Dispose();
            Expect<ObjectDisposedException>(() => subject.Seal(message, iv));
        }

        CryptoAlgorithm algorithm = CryptoAlgorithm.Parse(name);
        foreach (int wrong in Sizes.Wrong(algorithm.KeySizes))
        {
            Expect<ArgumentException>(() => OpenWithKeyOf(driver, algorithm, wrong));
        }

        CryptoKey disposed = CryptoKey.Copy(random.Bytes(algorithm.KeySizes.Default));
        // The empty key is everybody's and is never disposed.
        if (algorithm.KeySizes.Maximum > 0 && disposed != CryptoKey.Empty)
        {
            SessionParameters parameters = Subject.Parameters(algorithm, disposed);
            disposed.Dispose();
            Expect<ObjectDisposedException>(() => Targets.Open(driver, parameters).Dispose());
        }

        disposed.Dispose();
    }

    private static void OpenWithKeyOf(string driver, CryptoAlgorithm algorithm, int length)
    {
        using CryptoKey key = CryptoKey.Copy(new byte[length]);
        Targets
            .Open(
                driver,
                Subject.Parameters(algorithm, algorithm.Kind == AlgorithmKind.Digest ? throw new ArgumentException("no key") : key)
            )
            .Dispose();
    }

    private static void Expect<T>(Action action)
        where T : Exception => Check.Throws<T>("a failure that must not leak", action);
}
