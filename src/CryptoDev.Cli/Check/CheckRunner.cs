using System.Diagnostics;
using CryptoDev.Cli.Input;

namespace CryptoDev.Cli.Check;

/// <summary>
/// Finds the pairs of driver and algorithm, runs the known answers of each pair, and divides the rest of the time among them.
/// </summary>
internal sealed class CheckRunner(CryptoDevice device, TimeSpan time, ulong seed, CancellationToken stop)
{
    private readonly MessageTrial _trial = new(RandomCheck.LongestMessage);

    /// <summary>
    /// Every pair that can open a session, for the named drivers or for all. The name of a rung includes all drivers of the rung.
    /// </summary>
    /// <exception cref="ArgumentException">A name is not a driver.</exception>
    public List<CheckPair> FindPairs(IReadOnlyList<string> names)
    {
        List<CheckPair> pairs = [];
        foreach ((DriverInfo driver, bool triesAll) in Chosen(names))
        {
            IEnumerable<CheckSubject> subjects = (triesAll ? CryptoAlgorithm.All : driver.Algorithms).Select(algorithm => new CheckSubject(
                algorithm
            ));
            subjects = triesAll ? subjects.Concat(CheckSubject.Combinations) : subjects;
            foreach (CheckSubject subject in subjects)
            {
                stop.ThrowIfCancellationRequested();
                CheckPair pair = new(driver.Name, subject)
                {
                    HasReference = !driver.IsInProcess && Opens(subject, DriverPolicy.SoftwareOnly),
                };
                if (Opens(subject, pair.Policy))
                {
                    pairs.Add(pair);
                }
            }
        }

        return pairs;
    }

    /// <summary>Every pair of a driver and a key operation that it supports, for the named drivers or for all.</summary>
    public List<KeyCheckPair> FindKeyPairs(IReadOnlyList<string> names) => new KeyCheck(device, seed, stop).FindPairs(names);

    /// <summary>Runs all pairs. Each pair then has its counters and, if it failed, the reason.</summary>
    public void Run(IReadOnlyList<CheckPair> pairs, IReadOnlyList<KeyCheckPair> keyPairs, Action<double> progress)
    {
        Stopwatch clock = Stopwatch.StartNew();
        KnownAnswerCheck knownAnswers = new(device, _trial, stop);
        RandomCheck randoms = new(device, _trial, seed, stop);
        KeyCheck keys = new(device, seed, stop);
        List<CheckTask> good =
        [
            // Key pairs run first, because they keep to their time. A long message on a slow machine may take more than its time.
            .. keyPairs.Select(pair => new CheckTask(
                () => keys.RunKnownAnswers(pair),
                until => keys.RunRandom(pair, until),
                failure => pair.Failure = failure
            )),
            .. pairs.Select(pair => new CheckTask(
                () => knownAnswers.Run(pair),
                until => randoms.Run(pair, until),
                failure => pair.Failure = failure
            )),
        ];
        good.RemoveAll(task =>
        {
            bool isGood = Guard(task.KnownAnswers, task.Fail);
            progress(clock.Elapsed / time);
            return !isGood;
        });
        for (int i = 0; i < good.Count; i++)
        {
            // Time that one pair does not use goes to the pairs after it.
            TimeSpan until = clock.Elapsed + ((time - clock.Elapsed) / (good.Count - i));
            CheckTask task = good[i];
            Guard(() => task.Randoms(() => clock.Elapsed >= until), task.Fail);
            progress(clock.Elapsed / time);
        }
    }

    private static bool Guard(Action run, Action<string> fail)
    {
        try
        {
            run();
            return true;
        }
        catch (Exception error) when (error is not (OperationCanceledException or CliException))
        {
            // Any exception for a valid message is a failure of the driver. The other pairs are still checked.
            fail(error is DisagreementException ? error.Message : $"{error.GetType().Name}: {error.Message}");
            return false;
        }
    }

    /// <summary>
    /// The drivers to check, and whether to try every algorithm. On a driver that is a whole rung, every algorithm is tried. On any other
    /// driver, only the algorithms that it lists are tried.
    /// </summary>
    private List<(DriverInfo Driver, bool TriesAll)> Chosen(IReadOnlyList<string> names)
    {
        List<(DriverInfo Driver, bool TriesAll)> found = [.. device.GetDrivers().Select(driver => (driver, driver.Name == driver.Rung))];
        if (names.Count == 0)
        {
            return found;
        }

        List<(DriverInfo Driver, bool TriesAll)> chosen = [];
        foreach (string name in names)
        {
            List<(DriverInfo Driver, bool TriesAll)> matching = [.. found.Where(one => one.Driver.Name == name || one.Driver.Rung == name)];

            // A kernel driver that is in no list may still exist. Opening it shows whether it does.
            chosen.AddRange(matching.Count > 0 ? matching : [(new DriverInfo { Name = name, Kind = DriverKind.Generic }, true)]);
        }

        return [.. chosen.DistinctBy(one => one.Driver.Name)];
    }

    private bool Opens(CheckSubject subject, DriverPolicy policy)
    {
        SubjectSizes sizes = subject.DefaultSizes;
        byte[] bytes = new byte[Math.Max(sizes.Key, 1)];
        Random.Shared.NextBytes(bytes);
        using CryptoKey? key = sizes.Key == 0 ? null : new CryptoKey(bytes.AsSpan(0, sizes.Key));
        using CryptoKey macKey = SecretKey.Of(new byte[sizes.MacKey]);
        try
        {
            using Session session = device.CreateSession(subject.Parameters(sizes, key, macKey), policy);
            return true;
        }
        catch (CryptoDevException refused) when (ErrorText.IsAbsence(refused))
        {
            return false;
        }
    }

    /// <summary>The work for one pair, and the method that records its failure.</summary>
    private sealed record CheckTask(Action KnownAnswers, Action<Func<bool>> Randoms, Action<string> Fail);
}
