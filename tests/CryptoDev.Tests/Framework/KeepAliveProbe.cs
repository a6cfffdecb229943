using System.Runtime.CompilerServices;
using CryptoDev.Drivers;
using CryptoDev.Framework;

namespace CryptoDev.Tests.Framework;

/// <summary>
/// Calls of the library whose caller holds nothing, on a driver that collects garbage in the middle of each and looks whether what it
/// works with was finalized. <see cref="KeepAliveTests"/> runs it in optimised code.
/// </summary>
internal static class KeepAliveProbe
{
    private static bool s_isFinalized;
    private static bool s_cameBetween;

    /// <summary>Whether a finalizer came between.</summary>
    public static bool Run(string call)
    {
        s_isFinalized = false;
        s_cameBetween = false;
        switch (call)
        {
            case "nothing kept alive":
                UseWithoutCare();
                break;
            case "Session.Process":
                Process();
                break;
            case "DigestOperation.Update":
                Begin().Update(new byte[1]);
                break;
            case "DigestOperation.Final":
                Begin().Final(new byte[20]);
                break;
            case "DigestOperation.Peek":
                Begin().Peek(new byte[20]);
                break;
            case "DigestOperation.Clone":
                Begin().Clone();
                break;
            case "DigestOperation.Dispose":
                Begin().Dispose();
                break;
            case "CipherOperation.Update":
                BeginCipher().Update(new byte[16], new byte[16]);
                break;
            case "Session.BeginDigest":
                Open(digest: true).BeginDigest();
                break;
            default:
                throw new ArgumentException($"There is no {call}.", nameof(call));
        }

        return s_cameBetween;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Process() => Open(digest: true).Process(CryptOp.Digest(default, new byte[20]));

    /// <summary>What all those methods would be without a KeepAlive.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void UseWithoutCare() => new Forgetful(new FragileState()).Update();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DigestOperation Begin()
    {
        Session session = Open(digest: true);
        return new DigestOperation(session, new Counts(), new FragileState());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static CipherOperation BeginCipher()
    {
        Session session = Open(digest: false);
        return new CipherOperation(session, new Counts(), new FragileCipher(), new byte[16]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Session Open(bool digest)
    {
        // The session takes over a reference to its key.
        CryptoKey key = new(new byte[16]);
        key.AddReference();
        SessionParameters parameters = digest
            ? SessionParameters.Digest(CryptoAlgorithm.Sha1)
            : SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key);
        FragileSession driver = new();
        return new Session(parameters, driver, driver.Driver);
    }

    /// <summary>A native call: the collector comes by, and what it finalizes meanwhile is gone under the call.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CallNative()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        s_cameBetween |= s_isFinalized;
    }

    private sealed class Counts : ICountingSession
    {
        public MessageCounters Counters { get; } = new();
    }

    private sealed class Forgetful(FragileState state)
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Update() => state.Update(default);
    }

    /// <summary>A handle or a rental.</summary>
    private sealed class Owner
    {
        ~Owner() => s_isFinalized = true;
    }

    private sealed class FragileState : DigestState
    {
        public Owner Owner { get; } = new();

        [MethodImpl(MethodImplOptions.NoInlining)]
        public override void Update(ReadOnlySpan<byte> source) => CallNative();

        [MethodImpl(MethodImplOptions.NoInlining)]
        public override void Final(Span<byte> destination) => CallNative();

        [MethodImpl(MethodImplOptions.NoInlining)]
        public override DigestState Clone()
        {
            CallNative();
            return new FragileState();
        }

        public override void Dispose() => GC.SuppressFinalize(Owner);
    }

    private sealed class FragileCipher : CipherState
    {
        public Owner Owner { get; } = new();

        [MethodImpl(MethodImplOptions.NoInlining)]
        public override void Update(ReadOnlySpan<byte> source, Span<byte> destination) => CallNative();

        public override void Dispose() => GC.SuppressFinalize(Owner);
    }

    private sealed class FragileSession : DriverSession
    {
        public override SessionDriver Driver { get; } = new() { Name = "fragile", Kind = DriverKind.Generic };

        public override long MaxMessageLength => long.MaxValue;

        public override SessionStatistics Statistics => default;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public override int Process(in CryptOp op)
        {
            CallNative();
            return 20;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public override DigestState BeginDigest()
        {
            CallNative();
            return new FragileState();
        }

        /// <summary>Called by the session's finalizer: nobody else ends it here.</summary>
        public override void Dispose() => s_isFinalized = true;
    }
}
