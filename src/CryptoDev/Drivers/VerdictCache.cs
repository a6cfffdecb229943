using System.Collections.Concurrent;
using CryptoDev.Native;

namespace CryptoDev.Drivers;

/// <summary>
/// What a driver found out about its machine and need not ask again. One rule for all drivers: what works stands until the owner forgets
/// it, because the machine said otherwise later; a refusal stands for <see cref="RefusalLifetime"/>: long enough that a burst of sessions
/// asks once, short enough that a module loaded meanwhile is found; a refusal for want of something that comes and goes (descriptors,
/// memory, quota) is not kept at all. The findings end with their owner. Safe from any thread: two that look at once both ask, and the
/// later answer stands.
/// </summary>
/// <param name="clock">Tells the age of a refusal; null: the system's.</param>
internal sealed class VerdictCache<TKey, TFinding>(TimeProvider? clock = null)
    where TKey : notnull
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();

    /// <summary>How long a refusal stands.</summary>
    public static TimeSpan RefusalLifetime { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The finding, if there is one that still stands.</summary>
    /// <param name="key">What was asked.</param>
    /// <param name="finding">The answer.</param>
    /// <param name="works">Whether it is one that works, not a refusal.</param>
    public bool TryRecall(TKey key, out TFinding? finding, out bool works)
    {
        bool known = _entries.TryGetValue(key, out Entry? entry) && (entry.Works || _clock.GetElapsedTime(entry.Time) < RefusalLifetime);
        finding = known ? entry!.Finding : default;
        works = known && entry!.Works;
        return known;
    }

    /// <summary>Keeps what works.</summary>
    public void Remember(TKey key, TFinding finding) => _entries[key] = new Entry(finding, true, 0);

    /// <summary>Keeps a refusal for its time; <paramref name="errno"/> is what was said, or 0 where no call was made.</summary>
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

    /// <summary>The machine says otherwise now.</summary>
    public void Forget(TKey key) => _entries.TryRemove(key, out _);

    private static bool ComesAndGoes(int errno) =>
        errno is LibC.EMFILE or LibC.ENFILE or LibC.ENOMEM or LibC.ENOBUFS or LibC.EAGAIN or LibC.EDQUOT;

    private sealed record Entry(TFinding Finding, bool Works, long Time);
}
