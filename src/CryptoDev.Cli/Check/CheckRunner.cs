using System.Diagnostics;

namespace CryptoDev.Cli.Check;

/// <summary>
/// Finds the pairs of driver and algorithm, gives every one its known answers, and shares the rest of the time among them.
/// </summary>
internal sealed class CheckRunner(CryptoDevice device, TimeSpan time, ulong seed, CancellationToken stop)
{
    private readonly MessageTrial _trial = new(RandomCheck.LongestMessage);

    /// <summary>Every pair that opens a session, among the named drivers or all. A rung's name stands for all behind it too.</summary>
    /// <exception cref="ArgumentException">A name is no driver.</exception>
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

    /// <summary>Every driver with every key operation it has, among the named drivers or all.</summary>
    public List<KeyCheckPair> FindKeyPairs(IReadOnlyList<string> names) => new KeyCheck(device, seed, stop).FindPairs(names);

    /// <summary>Runs all pairs; each ends with its counters and, where it failed, the reason.</summary>
    public void Run(IReadOnlyList<CheckPair> pairs, IReadOnlyList<KeyCheckPair> keyPairs, Action<double> progress)
    {
        Stopwatch clock = Stopwatch.StartNew();
        KnownAnswerCheck knownAnswers = new(device, _trial, stop);
        RandomCheck randoms = new(device, _trial, seed, stop);
        KeyCheck keys = new(device, seed, stop);
        List<CheckTask> good =
        [
            // First, because they keep to their time: a long message on a slow machine does not.
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
            // What one pair leaves over goes to those behind it.
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
            // Whatever a driver throws at a valid message is its failure; the others are checked all the same.
            fail(error is DisagreementException ? error.Message : $"{error.GetType().Name}: {error.Message}");
            return false;
        }
    }

    /// <summary>
    /// The drivers to check, and whether every algorithm is to be tried: on a rung it is, a driver behind one tells what it serves.
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

            // A kernel driver that no list shows may still be there to bind; whether it is, opening tells.
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
        using CryptoKey macKey = new(new byte[sizes.MacKey]);
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

    /// <summary>What is to be done with one pair, and where its failure goes.</summary>
    private sealed record CheckTask(Action KnownAnswers, Action<Func<bool>> Randoms, Action<string> Fail);
}
