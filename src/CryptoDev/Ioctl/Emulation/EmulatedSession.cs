using System.Security.Cryptography;
using CryptoDev.Dialects;
using CryptoDev.Framework;

namespace CryptoDev.Ioctl.Emulation;

/// <summary>
/// A session id's content: the caller's session and the framework's sessions that serve it, one per transform, because in which order they
/// run, and with which lengths of nonce and tag, differs from call to call. Counted: it ends when it is freed and its last operation is
/// done.
/// </summary>
internal sealed class EmulatedSession
{
    private readonly SessionSource _source;
    private readonly byte[] _iv = new byte[AlgorithmLimits.LongestBlock];
    private Session? _cipher;
    private Session? _counter;
    private SharedMac? _mac;
    private RunningHash? _hash;
    private readonly List<Session> _retired = [];
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

    /// <summary>Whether an operation goes on from what the last one left (cryptodev-linux).</summary>
    public bool KeepsState { get; }

    /// <summary>Held by operations that read or change running state, IV and hash; cryptodev-linux has a mutex there.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The digest or MAC, when the session has one.</summary>
    public Session? Mac => _mac?.Session;

    public Session? Compression { get; private set; }

    /// <summary>The cipher or AEAD as it was opened first.</summary>
    public Session? Cipher => _cipher;

    public string DriverName => (_cipher ?? Mac ?? Compression)!.Driver.Name;

    /// <summary>cryptodev-linux: the IV that the last operation left.</summary>
    public Span<byte> Iv => _iv.AsSpan(0, Dialect.IvSize);

    /// <summary>cryptodev-linux: the hash that goes on; null at its start.</summary>
    public RunningHash? Hash => _hash;

    /// <summary>Takes the caller's session over. Null where a part finds no driver; then it is disposed.</summary>
    public static EmulatedSession? TryOpen(DialectSession dialect, SessionSource source, bool keepsState)
    {
        EmulatedSession session = new(dialect, source, keepsState);
        if (session.OpenParts())
        {
            return session;
        }

        session.Release();
        return null;
    }

    /// <summary>The cipher, on a driver that takes a message of the length; null where none does.</summary>
    public Session? CipherFor(int length)
    {
        Session cipher = _cipher!;
        return length <= cipher.MaxMessageLength ? cipher : Reopen(_aeadLengths, length);
    }

    /// <summary>The AEAD for these lengths. Only cryptodev-linux varies them, under the gate; the last are kept.</summary>
    public Session? AeadFor(int ivLength, int tagLength, long length)
    {
        Session cipher = _cipher!;
        return _aeadLengths == (ivLength, tagLength) && length <= cipher.MaxMessageLength ? cipher : Reopen((ivLength, tagLength), length);
    }

    /// <summary>The counter mode of a GCM session, made when it is first needed.</summary>
    public Session? Counter()
    {
        lock (Gate)
        {
            return _counter ??= _source.TryOpen(Dialect.CounterParameters());
        }
    }

    /// <summary>The running hash, begun if it is not under way.</summary>
    /// <exception cref="CryptoDevException">The driver has none.</exception>
    public RunningHash BeginHash() => _hash ??= _mac!.BeginHash();

    /// <summary>Puts another state in place of the running hash; null for the start.</summary>
    public void SetHash(RunningHash? hash)
    {
        _hash?.Dispose();
        _hash = hash;
    }

    /// <summary>
    /// Counted to the client until it ends: a session that is freed and still works holds its keys and its drivers all the same.
    /// </summary>
    public void Hold(Quota quota) => _quota = quota;

    /// <summary>Another user.</summary>
    public void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>One user less; the last frees everything.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
        {
            return;
        }

        SetHash(null);
        _cipher?.Dispose();
        _counter?.Dispose();
        _retired.ForEach(session => session.Dispose());
        _mac?.Release();
        Compression?.Dispose();
        Dialect.Dispose();
        CryptographicOperations.ZeroMemory(_iv);
        _quota?.Give(1);
    }

    private Session? Reopen((int Iv, int Tag) lengths, long length)
    {
        lock (Gate)
        {
            if (_source.TryOpen(Dialect.CipherParameters(lengths.Iv, lengths.Tag), length) is not { } other)
            {
                return null;
            }

            if (_aeadLengths == lengths)
            {
                // Other threads may be about to use it. A longer limit means a lower rung, so there are never more than the rungs.
                _retired.Add(_cipher!);
            }
            else
            {
                _cipher!.Dispose();
            }

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
            || (Compression = _source.TryOpen(SessionParameters.Compression(Dialect.Compression.Algorithm!))) is not null;
    }
}
