using System.Runtime.CompilerServices;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Drivers.DevCrypto;

/// <summary>Kernel sessions of operations that were dropped, and of those that ran at once and run no more.</summary>
public sealed class AbandonedOperationTests
{
    [Fact]
    public void A_digest_that_was_dropped_gives_its_kernel_session_back()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux");
        using Session session = watch.Open(SessionParameters.Digest(CryptoAlgorithm.Sha1));
        long before = watch.Emulator.Statistics.OpenSessions;
        Drop(session, 1000);
        Collect();
        (watch.Emulator.Statistics.OpenSessions - before).Should().BeLessThanOrEqualTo(0, "nobody can reach any of the operations");
        byte[] digest = new byte[20];
        session.Process(CryptOp.Digest("abc"u8, digest));
        Convert.ToHexStringLower(digest).Should().Be("a9993e364706816aba3e25717850c26c9cd0d89d", "the session goes on");
    }

    [Fact]
    public void A_digest_dropped_with_its_session_leaves_nothing()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux");
        DropWithSession(watch);
        Collect();
        watch.Emulator.Statistics.OpenSessions.Should().Be(0);
    }

    [Fact]
    public void A_burst_is_not_remembered_for_ever()
    {
        using DeviceUnderWatch watch = new("cryptodev-linux");
        using Session session = watch.Open(SessionParameters.Digest(CryptoAlgorithm.Sha1));
        DigestOperation[] burst = [.. Enumerable.Range(0, 1000).Select(_ => session.BeginDigest())];
        foreach (DigestOperation one in burst)
        {
            one.Final(new byte[20]);
            one.Dispose();
        }

        watch.Emulator.Statistics.OpenSessions.Should().BeLessThan(20, "one operation at a time is all that runs from now on");
        session.Statistics.Operations.Should().Be(1000);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DropWithSession(DeviceUnderWatch watch)
    {
        for (int i = 0; i < 10; i++)
        {
            Drop(watch.Open(SessionParameters.Digest(CryptoAlgorithm.Sha1)), 10);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop(Session session, int count)
    {
        for (int i = 0; i < count; i++)
        {
            DigestOperation operation = session.BeginDigest();
            operation.Update("abc"u8);
            if (i % 10 == 0)
            {
                operation.Clone();
            }
        }
    }

    private static void Collect()
    {
        for (int i = 0; i < 5; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
