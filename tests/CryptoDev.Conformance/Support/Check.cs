using Xunit;
using Xunit.Sdk;

namespace CryptoDev.Conformance.Support;

/// <summary>Assertions made in loops of thousands: cheap when they hold, exact when they do not.</summary>
internal static class Check
{
    public static void Same(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string what)
    {
        if (expected.SequenceEqual(actual))
        {
            return;
        }

        int at = expected.CommonPrefixLength(actual);
        throw new XunitException(
            $"{what}: differs at byte {at} (expected {expected.Length} bytes, got {actual.Length}): expected "
                + $"..{Excerpt(expected, at)}.., got ..{Excerpt(actual, at)}.."
        );
    }

    public static void Different(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, string what)
    {
        if (one.SequenceEqual(other))
        {
            throw new XunitException($"{what}: the same {one.Length} bytes: {Excerpt(one, 0)}");
        }
    }

    public static void That(bool condition, string what)
    {
        if (!condition)
        {
            throw new XunitException(what);
        }
    }

    public static void Zero(ReadOnlySpan<byte> bytes, string what)
    {
        int at = bytes.IndexOfAnyExcept((byte)0);
        if (at >= 0)
        {
            throw new XunitException($"{what}: byte {at} of {bytes.Length} is not zero but {bytes[at]:x2}");
        }
    }

    /// <summary>The caller's mistake: refused with an ArgumentException whose text holds every one of <paramref name="words"/>.</summary>
    public static void Refused(string what, Action action, params string[] words)
    {
        Exception? thrown = Record.Exception(action);
        if (thrown is not ArgumentException)
        {
            throw new XunitException($"{what}: expected an ArgumentException, got {thrown?.ToString() ?? "none"}");
        }

        foreach (string word in words)
        {
            if (!thrown.Message.Contains(word, StringComparison.Ordinal))
            {
                throw new XunitException($"{what}: the message should name '{word}': {thrown.Message}");
            }
        }
    }

    public static T Throws<T>(string what, Action action)
        where T : Exception
    {
        Exception? thrown = Record.Exception(action);
        return thrown as T ?? throw new XunitException($"{what}: expected a {typeof(T).Name}, got {thrown?.ToString() ?? "none"}");
    }

    public static async Task<T> ThrowsAsync<T>(string what, Func<Task> action)
        where T : Exception
    {
        Exception? thrown = await Record.ExceptionAsync(action);
        return thrown as T ?? throw new XunitException($"{what}: expected a {typeof(T).Name}, got {thrown?.ToString() ?? "none"}");
    }

    private static string Excerpt(ReadOnlySpan<byte> bytes, int at) =>
        at >= bytes.Length ? "(end)" : Convert.ToHexStringLower(bytes.Slice(at, Math.Min(16, bytes.Length - at)));
}
