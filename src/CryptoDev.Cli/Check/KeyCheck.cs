namespace CryptoDev.Cli.Check;

/// <summary>Checks a driver's key operations against documents and against BigInteger.</summary>
internal sealed class KeyCheck(CryptoDevice device, ulong seed, CancellationToken stop)
{
    public const string Reference = "BigInteger";

    /// <summary>Every pair of a driver and a key operation that it supports, for the named drivers or for all.</summary>
    public List<KeyCheckPair> FindPairs(IReadOnlyList<string> names)
    {
        List<KeyCheckPair> pairs = [];
        foreach (KeyAvailability row in device.GetKeyFeatures().Operations.Where(row => names.Count == 0 || names.Contains(row.Driver)))
        {
            if (row.IsAvailable)
            {
                pairs.Add(new KeyCheckPair(row.Driver, row.Operation));
            }
            else if (row.Operation == KeyOperation.DsaSign && SignsAtRandom(row.Driver))
            {
                // A hardware device takes the nonce from its own generator, so any signature that verifies is right.
                pairs.Add(new KeyCheckPair(row.Driver, row.Operation, DsaNonce.Random));
            }
        }

        return pairs;
    }

    public void RunKnownAnswers(KeyCheckPair pair)
    {
        string? refusal = null;
        foreach (KeyKnownAnswer answer in KeyKnownAnswerTable.Rows.Where(row => row.Operation == pair.Operation))
        {
            stop.ThrowIfCancellationRequested();
            if (Run(pair, KeyCase.Of(answer), $"known answer {answer.Source}") is { } notTaken)
            {
                refusal = notTaken;
            }
            else
            {
                pair.KnownAnswers++;
            }
        }

        if (pair.KnownAnswers == 0)
        {
            throw new DisagreementException($"it takes no known answer: {refusal}");
        }
    }

    /// <summary>Runs random operands, at least once, until <paramref name="until"/> reports that the time is up.</summary>
    public void RunRandom(KeyCheckPair pair, Func<bool> until)
    {
        KeyCaseMaker maker = new(new Random(PairSeed.Of(seed, pair.ToString())));
        do
        {
            stop.ThrowIfCancellationRequested();
            KeyCase next = maker.Next(pair.Operation);
            Run(
                pair,
                next,
                $"operation {pair.Operations + 1} (operands of {string.Join(", ", next.Operands.Select(operand => operand.Length))} bytes)"
            );
        } while (!until());
    }

    /// <summary>Returns null if the result was right, or the reason why the driver does not accept these operands.</summary>
    private string? Run(KeyCheckPair pair, KeyCase one, string what)
    {
        using KeyOp op = one.Build(pair.Nonce);
        using KeyResult result = device.Process([op], pair.Policy)[0];
        if (result.Driver is null && result.Error is { } refused && ErrorText.IsAbsence(refused))
        {
            // Rungs differ in the lengths that they accept. An operand that the rung does not accept is not a failure.
            return refused.Message;
        }

        pair.Runner ??= result.Driver;
        string? fault;
        try
        {
            fault = one.Fault(result);
        }
        catch (InvalidOperationException)
        {
            // There is no result, but there should be one.
            fault = result.Error?.Message ?? "it gave no result";
        }

        if (fault is not null)
        {
            throw new DisagreementException($"{what}: {fault}");
        }

        pair.Operations++;
        return null;
    }

    private bool SignsAtRandom(string driver)
    {
        using KeyOp op = KeyCase.Of(KeyKnownAnswerTable.Rows.First(row => row.Operation == KeyOperation.DsaSign)).Build(DsaNonce.Random);
        using KeyResult result = device.Process([op], DriverPolicy.Pinned(driver))[0];
        return result.Driver is not null;
    }
}
