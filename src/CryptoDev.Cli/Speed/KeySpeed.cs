using CryptoDev.Cli.Output;

namespace CryptoDev.Cli.Speed;

/// <summary>Runs the measurements of key operations: each subject on each driver with each number of parallel operations.</summary>
internal sealed class KeySpeed(CryptoDevice device, double seconds, CancellationToken stop)
{
    private const string Keyring = "keyring";

    public List<KeySpeedRow> Rows { get; } = [];

    public List<SpeedAbsence> Absent { get; } = [];

    /// <summary>The drivers to measure: the named ones, or all that support the operation.</summary>
    public IReadOnlyList<string> Drivers(KeySpeedSubject subject, IReadOnlyList<string> named)
    {
        if (subject.IsByKernelKey)
        {
            return named.Count == 0 || named.Contains(Keyring) ? [Keyring] : [];
        }

        return named.Count > 0
            ? named
            :
            [
                .. device
                    .GetKeyFeatures()
                    .Operations.Where(row => row.Operation == subject.Operation && row.IsAvailable)
                    .Select(row => row.Driver),
            ];
    }

    public void Measure(KeySpeedSubject subject, string driver, int inFlight)
    {
        try
        {
            if (subject.IsByKernelKey)
            {
                (Action once, SessionDriver card, IDisposable key) = subject.PrepareKernelKey();
                using (key)
                {
                    Add(subject, card, inFlight, once);
                }

                return;
            }

            Func<KeyOp> prepared = subject.Prepare();
            DriverPolicy policy = DriverPolicy.Pinned(driver);
            SessionDriver? ran = null;
            void Once()
            {
                using KeyOp op = prepared();
                using KeyResult result = device.Process(op, policy);
                ran = result.Driver;
            }

            Once();
            Add(subject, ran!, inFlight, Once);
        }
        catch (CryptoDevException error)
        {
            Absent.Add(new SpeedAbsence(driver, subject.Name, null, error.Message));
        }
    }

    private void Add(KeySpeedSubject subject, SessionDriver driver, int inFlight, Action once)
    {
        SpeedResult result = KeySpeedMeter.Run(once, inFlight, seconds, stop);
        Rows.Add(
            new KeySpeedRow(
                driver.Name,
                subject.Name,
                Words.Of(driver.Kind),
                driver.KernelDriver,
                subject.Bits,
                inFlight,
                result.Operations,
                Math.Round(result.OperationsPerSecond, 2),
                Math.Round(result.P50Microseconds, 1),
                Math.Round(result.P99Microseconds, 1),
                Math.Round(result.CpuShare, 3)
            )
        );
    }
}
