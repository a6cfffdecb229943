using System.Security.Cryptography;
using CryptoDev.Dialects;
using CryptoDev.Framework;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// One emulated session: the session of the dialect and the framework's sessions for it, one for each transform. They are separate, because
/// their order and the lengths of nonce and tag differ from call to call. It is counted, and ends when it is freed and its last operation
/// has finished.
/// </summary>
internal sealed class EmulatedSession
{
    private readonly SessionSource _source;
    private readonly byte[] _iv = new byte[AlgorithmLimits.LongestBlock];
    private Session? _cipher;
    private Session? _counter;
    private RunningKeyStream? _keyStream;
    private SharedMac? _mac;
    private RunningHash? _hash;
    private (int Iv, int Tag) _aeadLengths;
    private Quota? _quota;
    private int _references = 1;

    private EmulatedSession(DialectSession dialect, SessionSource source, bool keepsState)
    {
        Dialect = dialect;
        _source = source;
        KeepsState = keepsState;
    }

    public DialectSession Dialect { get; }

    public uint Id { get; set; }

    /// <summary>Whether an operation continues the state of the operation before (cryptodev-linux).</summary>
    public bool KeepsState { get; }

    /// <summary>The lock for the running state, IV and hash. cryptodev-linux has a mutex for it.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The framework's session of the digest or MAC, or null.</summary>
    public Session? Mac => _mac?.Session;

    public Session? Compression { get; private set; }

    /// <summary>The framework's session of the cipher or AEAD with the lengths that it was opened with.</summary>
    public Session? Cipher => _cipher;

    /// <summary>The key stream that goes on from operation to operation, or null if each operation has its own IV or stream.</summary>
    public RunningKeyStream? KeyStream => _keyStream;

    public string DriverName => (_cipher ?? Mac ?? Compression)!.Driver.Name;

    /// <summary>Whether any of its drivers is a device.</summary>
    public bool UsesHardware => IsHardware(_cipher) || IsHardware(Mac) || IsHardware(Compression);

    /// <summary>cryptodev-linux: the IV after the last operation.</summary>
    public Span<byte> Iv => _iv.AsSpan(0, Dialect.IvSize);

    /// <summary>cryptodev-linux: the running hash. Null if none is running.</summary>
    public RunningHash? Hash => _hash;

    /// <summary>Takes ownership of the dialect's session. If no driver can run a part of it, disposes it and returns null.</summary>
    public static EmulatedSession? TryOpen(DialectSession dialect, SessionSource source, bool keepsState, Arc4KeyStream arc4)
    {
        EmulatedSession session = new(dialect, source, keepsState);
        bool isStream = RunningKeyStream.IsFor(dialect);
        if (!(isStream && arc4 == Arc4KeyStream.Refused) && session.OpenParts())
        {
            session._keyStream = isStream && arc4 == Arc4KeyStream.Continue ? new RunningKeyStream(session._cipher!) : null;
            return session;
        }

        session.Release();
        return null;
    }

    /// <summary>The cipher. Null if no driver takes a message of this length.</summary>
    public Session? CipherFor(int length) => _cipher!.Takes(0, length) ? _cipher : null;

    /// <summary>
    /// The AEAD with these lengths of nonce and tag. Only cryptodev-linux changes them, while it holds the gate. The last session is kept.
    /// Null if no driver has such an AEAD, or takes so much associated data and message.
    /// </summary>
    public Session? AeadFor(int ivLength, int tagLength, int associatedData, int message)
    {
        Session? aead = _aeadLengths == (ivLength, tagLength) ? _cipher : Reopen((ivLength, tagLength));
        return aead?.Takes(associatedData, message) == true ? aead : null;
    }

    /// <summary>The counter mode of a GCM session. It is made when it is first needed.</summary>
    public Session? Counter()
    {
        lock (Gate)
        {
            return _counter ??= _source.TryOpen(Dialect.CounterParameters());
        }
    }

    /// <summary>The running hash. It is begun if none is running.</summary>
    /// <exception cref="CryptoDevException">The driver has no running hash.</exception>
    public RunningHash BeginHash() => _hash ??= _mac!.BeginHash();

    /// <summary>Replaces the running hash. With null, the next one starts anew.</summary>
    public void SetHash(RunningHash? hash)
    {
        _hash?.Dispose();
        _hash = hash;
    }

    /// <summary>
    /// Counts the session to the client until it ends. A session that is freed while it still works keeps its keys and drivers, so it still
    /// counts.
    /// </summary>
    public void Hold(Quota quota) => _quota = quota;

    /// <summary>Adds a reference.</summary>
    public void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>Releases a reference. The last one frees everything.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
        {
            return;
        }

        SetHash(null);
        _keyStream?.Dispose();
        _cipher?.Dispose();
        _counter?.Dispose();
        _mac?.Release();
        Compression?.Dispose();
        Dialect.Dispose();
        CryptographicOperations.ZeroMemory(_iv);
        _quota?.Give(1);
    }

    private static bool IsHardware(Session? part) => part?.Driver.Kind == DriverKind.Hardware;

    private Session? Reopen((int Iv, int Tag) lengths)
    {
        lock (Gate)
        {
            if (_source.TryOpen(Dialect.CipherParameters(lengths.Iv, lengths.Tag)) is not { } other)
            {
                return null;
            }

            _cipher!.Dispose();
            _aeadLengths = lengths;
            return _cipher = other;
        }
    }

    private bool OpenParts()
    {
        if (Dialect.Cipher is not null)
        {
            _aeadLengths = Dialect.IsAead ? (Dialect.FormattedIvLength(Dialect.IvSize), Dialect.TagSize) : default;
            if ((_cipher = _source.TryOpen(Dialect.CipherParameters())) is null)
            {
                return false;
            }
        }

        if (Dialect.Mac is not null)
        {
            if (_source.TryOpen(Dialect.MacParameters()) is not { } mac)
            {
                return false;
            }

            _mac = new SharedMac(mac);
        }

        return Dialect.Compression is null
            || (Compression = _source.TryOpen(SessionParameters.Compression(CompressionSteps.AlgorithmOf(Dialect.Compression))))
                is not null;
    }
}
