using CryptoDev.Native;
using Xunit.Sdk;

namespace CryptoDev.Conformance.Support;

/// <summary>What this process has open: descriptors with what they are, and libcrypto objects.</summary>
internal sealed class OpenThings
{
    private readonly Dictionary<string, string> _descriptors;
    private readonly long _objects;

    private OpenThings(Dictionary<string, string> descriptors, long objects)
    {
        _descriptors = descriptors;
        _objects = objects;
    }

    public static OpenThings Now() =>
        new(
            Directory
                .GetFileSystemEntries("/proc/self/fd")
                .Select(path => (Path: path, Target: new FileInfo(path).LinkTarget ?? "closed meanwhile"))
                .Where(one => !IsOfTheRuntime(one.Target))
                .ToDictionary(one => one.Path, one => one.Target),
            LibCryptoHandle.Living
        );

    /// <summary>Fails, and says what is open, when more is open now than when this was taken.</summary>
    public void ShouldBeAll(string afterWhat)
    {
        // The runtime and the test host open and close files of their own; a leak does not go away by waiting.
        DateTime end = DateTime.UtcNow + Patience.Span;
        OpenThings now = Now();
        while (now.IsMoreThan(this) && DateTime.UtcNow < end)
        {
            Thread.Sleep(50);
            now = Now();
        }

        if (now.IsMoreThan(this))
        {
            throw new XunitException(
                $"{afterWhat}: {_descriptors.Count} descriptors and {_objects} libcrypto objects were open before, "
                    + $"{now._descriptors.Count} and {now._objects} are now. "
                    + $"New: {string.Join(", ", now.NotIn(this))}."
            );
        }
    }

    /// <summary>Assemblies stay open, and the test host loads some at any time.</summary>
    private static bool IsOfTheRuntime(string target) => target.EndsWith(".dll", StringComparison.Ordinal);

    private IEnumerable<string> NotIn(OpenThings before) =>
        _descriptors.Where(one => before._descriptors.GetValueOrDefault(one.Key) != one.Value).Select(one => one.Value);

    private bool IsMoreThan(OpenThings before) => _descriptors.Count > before._descriptors.Count || _objects > before._objects;
}
