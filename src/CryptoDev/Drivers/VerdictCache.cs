using System.Collections.Concurrent;
using CryptoDev.Native;

namespace CryptoDev.Drivers;

/// <summary>
/// The findings of a driver about its machine. All drivers follow one rule. A success is kept until the owner forgets it, because a later
/// call failed. A refusal is kept for <see cref="RefusalLifetime"/>. That is long enough that a burst of sessions asks once, and short
/// enough that a newly loaded module is found. A refusal for lack of a temporary resource (descriptors, memory, quota) is not kept at all.
/// The findings end with their owner. Safe from any thread: two threads that look at once both ask, and the later answer is kept.
/// </summary>
/// <param name="clock">The clock for the age of a refusal; null: the system's clock.</param>
internal sealed class VerdictCache<TKey, TFinding>(TimeProvider? clock = null)
    where TKey : notnull
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();

    /// <summary>How long a refusal is kept.</summary>
    public static TimeSpan RefusalLifetime { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The finding, if there is one that is still valid.</summary>
    /// <param name="key">The question.</param>
    /// <param name="finding">The answer.</param>
    /// <param name="works">Whether the finding is a success and not a refusal.</param>
    public bool TryRecall(TKey key, out TFinding? finding, out bool works)
    {
        bool known = _entries.TryGetValue(key, out Entry? entry) && (entry.Works || _clock.GetElapsedTime(entry.Time) < RefusalLifetime);
        finding = known ? entry!.Finding : default;
        works = known && entry!.Works;
        return known;
    }

    /// <summary>Keeps a success.</summary>
    public void Remember(TKey key, TFinding finding) => _entries[key] = new Entry(finding, true, 0);

    /// <summary>
    /// Keeps a refusal for its lifetime; <paramref name="errno"/> is the error number of the refusal, or 0 where no call was made.
    /// </summary>
    public void RememberRefusal(TKey key, TFinding finding, int errno)
    {
        if (ComesAndGoes(errno))
        {
            _entries.TryRemove(key, out _);
        }
        else
        {
            _entries[key] = new Entry(finding, false, _clock.GetTimestamp());
        }
    }

    /// <summary>Removes a finding, because the machine now gives another answer.</summary>
    public void Forget(TKey key) => _entries.TryRemove(key, out _);

    private static bool ComesAndGoes(int errno) =>
        errno is LibC.EMFILE or LibC.ENFILE or LibC.ENOMEM or LibC.ENOBUFS or LibC.EAGAIN or LibC.EDQUOT;

    private sealed record Entry(TFinding Finding, bool Works, long Time);
}
