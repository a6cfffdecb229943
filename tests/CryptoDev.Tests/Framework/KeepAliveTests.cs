using System.Reflection;
using System.Runtime.Loader;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

/// <summary>
/// No finalizer comes between a caller whose last use of an object is a call, and that call. A variable's life ends at its last use in
/// optimised code only, and the runtime optimises a method after many calls, some time later; but code that can be unloaded it
/// optimises at once. So the library and the probe are loaded a second time, to be unloaded.
/// </summary>
public sealed class KeepAliveTests
{
    [Fact]
    public void A_call_that_keeps_nothing_alive_is_seen() =>
        Run("nothing kept alive").Should().BeTrue("otherwise the other tests see nothing either");

    [Theory]
    [InlineData("Session.Process")]
    [InlineData("Session.BeginDigest")]
    [InlineData("DigestOperation.Update")]
    [InlineData("DigestOperation.Final")]
    [InlineData("DigestOperation.Peek")]
    [InlineData("DigestOperation.Clone")]
    [InlineData("DigestOperation.Dispose")]
    [InlineData("CipherOperation.Update")]
    public void No_finalizer_comes_between(string call) => Run(call).Should().BeFalse();

    private static bool Run(string call)
    {
        Unloadable context = new();
        try
        {
            Type probe = context.LoadFromAssemblyPath(typeof(KeepAliveProbe).Assembly.Location).GetType(typeof(KeepAliveProbe).FullName!)!;
            probe.Should().NotBe(typeof(KeepAliveProbe));
            return (bool)probe.GetMethod(nameof(KeepAliveProbe.Run), BindingFlags.Public | BindingFlags.Static)!.Invoke(null, [call])!;
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>Loads our own assemblies again, and nothing else.</summary>
    private sealed class Unloadable() : AssemblyLoadContext("optimised", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            string path = Path.Combine(AppContext.BaseDirectory, $"{assemblyName.Name}.dll");
            return assemblyName.Name is "CryptoDev" or "CryptoDev.Native" ? LoadFromAssemblyPath(path) : null;
        }
    }
}
