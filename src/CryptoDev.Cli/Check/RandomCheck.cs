using CryptoDev.Cli.Input;

namespace CryptoDev.Cli.Check;

/// <summary>
/// Tries random keys, sizes, lengths and layouts on a driver and compares the results with the software driver byte for byte. The trials
/// depend only on the seed, the driver's name and the subject. So a failure can be repeated with any time limit.
/// </summary>
internal sealed class RandomCheck(CryptoDevice device, MessageTrial trial, ulong seed, CancellationToken stop)
{
    public const int LongestMessage = 1 << 20;

    private const int MessagesPerKey = 8;

    /// <summary>Runs rounds until <paramref name="until"/> reports that the time is up.</summary>
    public void Run(CheckPair pair, Func<bool> until)
    {
        Random random = new(PairSeed.Of(seed, pair.ToString()));
        DriverPolicy? reference = pair.HasReference ? DriverPolicy.SoftwareOnly : null;
        while (!until())
        {
            stop.ThrowIfCancellationRequested();
            Round(pair, random, reference, until);
        }
    }

    private void Round(CheckPair pair, Random random, DriverPolicy? referencePolicy, Func<bool> until)
    {
        CheckSubject subject = pair.Subject;
        SubjectSizes sizes = subject.RandomSizes(random);
        byte[] key = Bytes(random, sizes.Key);
        byte[] macKey = Bytes(random, sizes.MacKey);
        using Session? session = Open(subject, sizes, key, macKey, pair.Policy);
        if (session is null)
        {
            // This rung accepts fewer sizes than the table allows. It accepted the default sizes when the pair was found.
            if (sizes == subject.DefaultSizes)
            {
                throw new DisagreementException("it refused a session that it had said it takes");
            }

            return;
        }

        using Session? reference = referencePolicy is null ? null : Open(subject, sizes, key, macKey, referencePolicy);
        SubjectTrial one = SubjectTrial.For(subject, session, reference, trial, random);
        for (int i = 0; i < MessagesPerKey && !until(); i++)
        {
            int length = Length(random, subject.Algorithm, Math.Min(session.MaxMessageLength, LongestMessage));
            try
            {
                one.Run(length);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                throw new DisagreementException(
                    $"message {pair.Messages + 1} ({length} bytes, key of {sizes.Key} bytes, {one.Doing}): "
                        + $"{(error is DisagreementException ? error.Message : $"{error.GetType().Name}: {error.Message}")}"
                );
            }

            pair.Messages++;
            pair.Bytes += length;
        }
    }

    private Session? Open(CheckSubject subject, SubjectSizes sizes, byte[] key, byte[] macKey, DriverPolicy policy)
    {
        using CryptoKey? secret = subject.Algorithm.KeySizes.Maximum == 0 ? null : SecretKey.Of(key);
        using CryptoKey macSecret = SecretKey.Of(macKey);
        try
        {
            return device.CreateSession(subject.Parameters(sizes, secret, macSecret), policy);
        }
        catch (CryptoDevException refused) when (ErrorText.IsAbsence(refused))
        {
            return null;
        }
    }

    /// <summary>Mostly short lengths around every block boundary, often a page or two, sometimes a megabyte.</summary>
    private static int Length(Random random, CryptoAlgorithm algorithm, long longest)
    {
        int length = random.Next(32) switch
        {
            < 14 => random.Next(0, 258),
            < 20 => (1 << random.Next(4, 14)) + random.Next(-1, 2),
            < 31 => random.Next(0, 16385),
            _ => random.Next(0, LongestMessage + 1),
        };
        length = (int)Math.Min(Math.Max(length, algorithm.MinimumMessageLength), longest);
        return length - (length % algorithm.BlockSize);
    }

    private static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
