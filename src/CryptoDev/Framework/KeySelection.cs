using System.Runtime.ExceptionServices;
using CryptoDev.Drivers;
using CryptoDev.Native;

namespace CryptoDev.Framework;

/// <summary>Probe, rank, run: the only place that selects the driver of a key operation.</summary>
internal static class KeySelection
{
    /// <summary>The meaning of each outcome's errno value, for people.</summary>
    private static readonly Dictionary<int, string> s_outcomes = new()
    {
        [LibC.EDOM] = "the operand has no inverse for this modulus.",
        [LibC.EINVAL] = "the operands do not belong together; check that they are the parts of one key.",
        [LibC.ERANGE] = "the result does not fit the room given for it.",
    };

    /// <summary>Runs one operation. A failure is in the result. A mistake of the caller is thrown.</summary>
    public static KeyResult Process(DriverRegistry registry, KeyOp op, DriverPolicy policy)
    {
        CheckNames(registry, policy);
        op.Begin();
        return ProcessBegun(registry, op, policy);
    }

    /// <summary>
    /// Runs all operations in parallel. If one of them cannot be run, all are refused before any driver is called. The exceptions are the
    /// same as for a single operation.
    /// </summary>
    public static IReadOnlyList<KeyResult> ProcessMany(DriverRegistry registry, IReadOnlyList<KeyOp> ops, DriverPolicy policy)
    {
        KeyOp[] all = [.. ops];
        CheckAll(all);
        CheckNames(registry, policy);
        BeginAll(all);
        KeyResult?[] results = new KeyResult?[all.Length];
        try
        {
            ProcessTogether(registry, all, results, policy);
            ExceptionDispatchInfo? first = null;
            Parallel.For(
                0,
                all.Length,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                i =>
                {
                    try
                    {
                        results[i] ??= ProcessBegun(registry, all[i], policy);
                    }
                    catch (Exception error)
                    {
                        // Thrown again below as the original exception, without an AggregateException around it.
                        Interlocked.CompareExchange(ref first, ExceptionDispatchInfo.Capture(error), null);
                    }
                }
            );
            first?.Throw();
            return results!;
        }
        catch
        {
            foreach (KeyResult? result in results)
            {
                result?.Dispose();
            }

            throw;
        }
        finally
        {
            // After an exception some operations have not ended. They are ended here, which zeroes and releases their operands.
            foreach (KeyOp op in all)
            {
                op.End(LibC.EIO);
            }
        }
    }

    /// <summary>Begins all operations or none, because another thread may begin one of them at the same time.</summary>
    private static void BeginAll(KeyOp[] all)
    {
        int begun = 0;
        try
        {
            for (; begun < all.Length; begun++)
            {
                all[begun].Begin();
            }
        }
        catch
        {
            while (begun > 0)
            {
                all[--begun].Withdraw();
            }

            throw;
        }
    }

    /// <summary>Runs the operations whose driver runs many by one call. The others get no result here.</summary>
    private static void ProcessTogether(DriverRegistry registry, KeyOp[] all, KeyResult?[] results, DriverPolicy policy)
    {
        if (all.Length < 2)
        {
            return;
        }

        RefusalList[] refusals = [.. all.Select(_ => new RefusalList(refusalsTell: false))];
        ICryptoDriver?[] drivers =
        [
            .. all.Select(
                (op, i) =>
                    KeyOutcome.BeforeDrivers(op) != 0
                        ? null
                        : Rank(registry, op, policy, refusals[i]).Select(candidate => candidate.Driver).FirstOrDefault()
            ),
        ];
        foreach (IGrouping<ICryptoDriver?, int> group in Enumerable.Range(0, all.Length).GroupBy(i => drivers[i]))
        {
            if (group.Key is not IKeyDriver driver || group.Count() < 2 || !driver.TakesManyKeys)
            {
                continue;
            }

            int[] members = [.. group];
            int[]? statuses = driver.ProcessKeys([.. members.Select(i => all[i])], out SessionDriver? ran);
            for (int member = 0; member < members.Length; member++)
            {
                int status = statuses?[member] ?? -1;
                int i = members[member];
                if (status >= 0)
                {
                    results[i] = Finish(all[i], status, ran! with { PassedOver = refusals[i].PassedOver });
                    all[i].End(status);
                }
            }
        }
    }

    private static KeyResult ProcessBegun(DriverRegistry registry, KeyOp op, DriverPolicy policy)
    {
        RefusalList refusals = new(refusalsTell: false);
        int status = LibC.ENODEV;
        bool wasTried = false;
        try
        {
            if (KeyOutcome.BeforeDrivers(op) is var known and not 0)
            {
                status = known;
                return Fail(op, status, null, policy.ToString());
            }

            foreach ((ICryptoDriver driver, _) in Rank(registry, op, policy, refusals))
            {
                try
                {
                    status = ((IKeyDriver)driver).ProcessKey(op, out SessionDriver ran);
                    return Finish(op, status, ran with { PassedOver = refusals.PassedOver });
                }
                catch (CryptoDevException error)
                {
                    // For example a lost device or an exhausted quota. The operands are unchanged, so the next rung may run the operation.
                    refusals.AddFailure(driver.Info.Name, error);
                    wasTried = true;
                }
            }

            if (wasTried && KeyOutcome.AfterDrivers(op) is var outcome and not 0)
            {
                status = outcome;
                return Fail(op, status, null, policy.ToString());
            }

            CryptoDevException failure = refusals.ToException(policy, op.Facts.BsdName);
            status = failure.Errno;
            return new KeyResult(op.Operation, status, null, failure, []);
        }
        finally
        {
            op.End(status);
        }
    }

    /// <summary>Probes every rung for every operation with small sample operands.</summary>
    public static KeyFeatures Survey(DriverRegistry registry, DriverPolicy policy)
    {
        KeyFeatureMask mask = KeyFeatureMask.None;
        Dictionary<KeyOperation, string> servedBy = [];
        List<KeyAvailability> operations = [];
        foreach (KeyOperationFacts facts in KeyOperationTable.All)
        {
            using KeyOp sample = Sample(facts);
            foreach ((ICryptoDriver driver, _) in Rank(registry, sample, policy, new RefusalList()))
            {
                mask |= (KeyFeatureMask)(1 << (int)facts.Operation);
                servedBy.Add(facts.Operation, driver.Info.Name);
                break;
            }

            foreach (ICryptoDriver rung in registry.KeyRungs)
            {
                DriverVerdict verdict = Probe(rung, sample);
                operations.Add(
                    new KeyAvailability(
                        rung.Info.Name,
                        facts.Operation,
                        verdict.Accepted,
                        verdict.Accepted ? verdict.Kind : null,
                        (int)(verdict.MaxMessageLength * 8),
                        verdict.Reason,
                        verdict.Cure
                    )
                );
            }
        }

        return new KeyFeatures
        {
            Mask = mask,
            ServedBy = servedBy,
            Operations = operations,
        };
    }

    private static IEnumerable<(ICryptoDriver Driver, DriverVerdict Verdict)> Rank(
        DriverRegistry registry,
        KeyOp op,
        DriverPolicy policy,
        RefusalList refusals
    ) =>
        DriverSelection.Rank(
            DriverSelection.Candidates(registry, registry.KeyRungs, policy),
            policy,
            driver => Probe(driver, op),
            $"for {op.Facts.BsdName}",
            op.Facts.BsdName,
            refusals
        );

    private static DriverVerdict Probe(ICryptoDriver driver, KeyOp op) =>
        driver is IKeyDriver keys ? keys.ProbeKey(op) : DriverVerdict.No("it has no key operations");

    private static KeyResult Finish(KeyOp op, int status, SessionDriver driver)
    {
        if (status != 0)
        {
            return Fail(op, status, driver, driver.Name);
        }

        SecureMemoryHandle[] outputs = new SecureMemoryHandle[op.OutputCount];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = SecureMemoryHandle.Copy(op.OutputBytes(i));
            outputs[i].Bytes.Reverse();
        }

        return new KeyResult(op.Operation, 0, driver, null, outputs);
    }

    /// <summary>A bad signature is a verdict. Every other status except 0 is an error.</summary>
    private static KeyResult Fail(KeyOp op, int status, SessionDriver? driver, string name)
    {
        bool isVerdict = op.Operation == KeyOperation.DsaVerify && status == LibC.EPERM;
        string advice = s_outcomes.GetValueOrDefault(status) ?? "the driver answered with this status.";
        return new KeyResult(
            op.Operation,
            status,
            driver,
            isVerdict ? null : new CryptoDevException(status, name, op.Facts.BsdName, advice),
            []
        );
    }

    /// <summary>Throws for a pinned name that no driver has. This is a mistake of the caller, so no operation is begun.</summary>
    private static void CheckNames(DriverRegistry registry, DriverPolicy policy)
    {
        foreach (ICryptoDriver driver in DriverSelection.Candidates(registry, registry.KeyRungs, policy))
        {
            _ = driver;
        }
    }

    private static void CheckAll(KeyOp[] ops)
    {
        HashSet<KeyOp> seen = [];
        for (int i = 0; i < ops.Length; i++)
        {
            if (ops[i] is null)
            {
                throw new ArgumentException($"Operation {i} is null.", nameof(ops));
            }

            if (!seen.Add(ops[i]))
            {
                throw new ArgumentException($"Operation {i} is in the list twice; an operation runs once.", nameof(ops));
            }

            if (ops[i].CheckRunnable() is { } fault)
            {
                throw new ArgumentException($"Operation {i}: {fault.Message}", fault.Operand);
            }
        }
    }

    // The number is not prime, but every RSA implementation accepts its size.
    private static byte[] SamplePrime => [0xC0, .. new byte[126], 1];

    /// <summary>Small operands that satisfy every rule: 4 has order 11 modulo 23.</summary>
    private static KeyOp Sample(KeyOperationFacts facts) =>
        facts.Operation switch
        {
            KeyOperation.ModExp => KeyOp.ModExp([4], [3], [23]),
            KeyOperation.ModExpCrt => KeyOp.ModExpCrt(SamplePrime, SamplePrime, [2], [3], [3], [1]),
            KeyOperation.DsaSign => KeyOp.DsaSign([1], [23], [11], [4], [3]),
            KeyOperation.DsaVerify => KeyOp.DsaVerify([1], [23], [11], [4], [18], [1], [1]),
            KeyOperation.DhComputeKey => KeyOp.DhComputeKey([3], [4], [23]),
            KeyOperation.ModAddInv => KeyOp.ModAddInv([4], [23]),
            KeyOperation.ModMultInv => KeyOp.ModMultInv([4], [23]),
            KeyOperation.Mod => KeyOp.Mod([4], [23]),
            KeyOperation.ModAdd => KeyOp.ModAdd([4], [3], [23]),
            KeyOperation.ModSub => KeyOp.ModSub([4], [3], [23]),
            _ => KeyOp.ModMult([4], [3], [23]),
        };
}
