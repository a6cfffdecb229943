using System.IO.Compression;
using System.Reflection;
using System.Text.RegularExpressions;
using CryptoDev.Tests.Abi;
using CryptoDev.Tests.Support;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Api;

/// <summary>What the analyzer that comes with the package says of calls, by the SDK's compiler.</summary>
public sealed partial class ArgumentOrderTests(ArgumentOrderTests.Compiled compiled) : IClassFixture<ArgumentOrderTests.Compiled>
{
    /// <summary>A call, and what is reported: the parameter that has another one's argument, or the id of another rule.</summary>
    public static TheoryData<string, string> Calls =>
        new()
        {
            // Ours, as they should be.
            { "Encrypt(plaintext, ciphertext, iv)", "" },
            { "Encrypt(source, destination)", "" },
            { "Encrypt(plaintext, plaintext, nonce)", "" },
            { "Decrypt(ciphertext, plaintext, iv)", "" },
            { "Seal(nonce, plaintext, ciphertext, tag)", "" },
            { "Seal(nonce, plaintext, ciphertext, tag, aad)", "" },
            { "Seal(iv, data, data, mac, associatedData)", "" },
            { "Seal(nonce, ciphertext, ciphertext, tag.AsSpan(0, 12), aad)", "" },
            { "Open(nonce, ciphertext, tag, plaintext, aad)", "" },
            { "Open(nonce, ciphertextAndTag.AsSpan(0, 5), ciphertextAndTag.AsSpan(5), plaintext)", "" },
            { "Open(packet.AsSpan(0, 12), packet.AsSpan(12, 20), packet.AsSpan(32), plaintext)", "" },
            { "Open(ciphertext.AsSpan(0, 12), ciphertext.AsSpan(12, 20), ciphertext[^16..], plaintext)", "" },
            { "SealAttached(nonce, plaintext, ciphertextAndTag, aad)", "" },
            { "OpenAttached(nonce, ciphertextAndTag, plaintext, aad)", "" },
            { "Seal(associatedData: aad, nonce: nonce, tag: tag, plaintext: plaintext, ciphertext: ciphertext)", "" },
            // On purpose: a MAC over the IV, an earlier tag or another nonce as a message, a block of ECB.
            { "Seal(iv, plaintext, ciphertext, tag, iv)", "" },
            { "Seal(nonce, plaintext, ciphertext, tag, lastTag)", "" },
            { "Seal(nonce, nextNonce, ciphertext, tag)", "" },
            { "Encrypt(nonce, destination)", "" },
            { "Digest(nonce, tag)", "" },
            { "Verify(ciphertext, tag, iv)", "" },
            // The order of AesGcm.Encrypt on a factory of another one.
            { "Encrypt(nonce, plaintext, ciphertext)", "iv source" },
            { "Encrypt(nonce, data, output)", "source" },
            { "SealAttached(nonce, plaintext, ciphertext, tag)", "associatedData" },
            { "SealAttached(nonce, plaintext, ciphertext, authTag)", "associatedData" },
            { "SealAttached(nonce, plaintext, ciphertext, box.Tag)", "associatedData" },
            { "SealAttached(nonce, plaintext, ciphertext, tag.AsSpan(0, 16))", "associatedData" },
            { "SealAttached(nonce, plaintext, ciphertext, tag[..12])", "associatedData" },
            { "OpenAttached(nonce, ciphertext, plaintext, expectedMac)", "associatedData" },
            // The order of Aes.EncryptCbc.
            { "Encrypt(plaintext, iv, ciphertext)", "destination iv" },
            { "Decrypt(data, iv, output)", "destination" },
            // The order of before.
            { "Seal(plaintext, ciphertext, nonce, tag)", "ciphertext nonce" },
            { "Seal(plaintext, ciphertext, nonce, aad, tag)", "associatedData ciphertext nonce tag" },
            { "Open(nonce, ciphertext, plaintext, tag)", "plaintext tag" },
            { "Open(ciphertext, plaintext, nonce, aad, tag)", "associatedData nonce plaintext tag" },
            { "Seal(nonce, aad, ciphertext, tag)", "plaintext" },
            { "Encrypt(plaintext, ciphertext, nonce, tag)", "CDEV0002 CS1501" },
            { "Encrypt(plaintext, ciphertext, nonce, aad, tag)", "CDEV0002 CS1501" },
            { "Decrypt(ciphertext, plaintext, nonce, tag: tag)", "CDEV0002 CS1739" },
            // Not ours to say anything about.
            { "Encrypt(plaintext)", "CS7036" },
        };

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_call_is_reported_where_names_and_places_differ(string call, string reported) =>
        compiled.Of(call).Should().Be(reported, call);

    [Fact]
    public void A_report_says_what_stands_where_and_the_right_order() =>
        compiled
            .Text.Should()
            .Contain(
                "warning CDEV0001: 'tag' is given as associatedData, and its name says that it is a tag; the order is "
                    + "SealAttached(nonce, plaintext, ciphertextAndTag, associatedData)"
            )
            .And.Contain(
                "warning CDEV0002: CryptOp.Decrypt is for ciphers without a tag; with a tag it is "
                    + "Open(nonce, ciphertext, tag, plaintext, associatedData), with the tag behind the ciphertext "
                    + "OpenAttached(nonce, ciphertextAndTag, plaintext, associatedData)"
            );

    /// <summary>The example of docs/aead.md compiles from the page alone, without a report, and runs.</summary>
    [Fact]
    public void The_page_is_right()
    {
        string page = File.ReadAllText(Path.Combine(AbiWitness.FindRepositoryRoot(), "docs", "aead.md"));
        string source = page.Split("```csharp\n")[1].Split("```")[0];
        using SnippetCompiler compiler = new();
        compiler.Compile("Page", [source], "-warnaserror+", $"-analyzer:\"{Compiled.Analyzer}\"").Should().BeEmpty();
        Assembly program = Assembly.LoadFile(compiler.PathOf("Page"));
        program.EntryPoint!.Invoke(null, [Array.Empty<string>()]).Should().Be(0);
    }

    [Fact]
    public void It_is_in_the_package_where_a_compiler_looks_for_it()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("cryptodev-package-");
        try
        {
            string project = Path.Combine(AbiWitness.FindRepositoryRoot(), "src", "CryptoDev", "CryptoDev.csproj");
            string said = SnippetCompiler.DotNetCommand("pack", project, "--no-build", "-c", Compiled.Configuration, "-o", folder.FullName);
            FileInfo package = folder.GetFiles("*.nupkg").Should().ContainSingle(said).Subject;
            using ZipArchive content = ZipFile.OpenRead(package.FullName);
            content.Entries.Select(one => one.FullName).Should().Contain("analyzers/dotnet/cs/CryptoDev.Analyzers.dll");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"Call(\d+)\.cs\(\d+,\d+\): (?:warning|error) (\w+): (?:'[^']*' is given as (\w+),)?")]
    private static partial Regex Report();

    /// <summary>All calls, compiled once, each as a file.</summary>
    public sealed class Compiled
    {
        private readonly string[] _calls = [.. Calls.Select(row => (string)((object[])row)[0])];
        private readonly ILookup<int, string> _reports;

        public Compiled()
        {
            using SnippetCompiler compiler = new();
            Text = compiler.Compile("Call", [.. _calls.Select(Source), "return 0;"], $"-analyzer:\"{Analyzer}\"");
            _reports = Report()
                .Matches(Text)
                .ToLookup(
                    match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture),
                    match => match.Groups[2].Value == "CDEV0001" ? match.Groups[3].Value : match.Groups[2].Value
                );
        }

        /// <summary>Release or Debug, as this assembly.</summary>
        public static string Configuration { get; } = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/'))!);

        public static string Analyzer { get; } =
            Path.Combine(
                AbiWitness.FindRepositoryRoot(),
                "src/CryptoDev.Analyzers/bin",
                Configuration,
                "netstandard2.0/CryptoDev.Analyzers.dll"
            );

        /// <summary>What the compiler said.</summary>
        public string Text { get; }

        public string Of(string call) => string.Join(' ', _reports[Array.IndexOf(_calls, call)].Order(StringComparer.Ordinal));

        private static string Source(string call, int index) =>
            $$"""
                namespace Calls{{index}};
                public sealed class Box { public byte[] Tag { get; } = []; }
                public static class Call
                {
                    public static int Run(CryptoDev.Session session, byte[] nonce, byte[] iv, byte[] plaintext, byte[] ciphertext,
                        byte[] tag, byte[] aad, byte[] associatedData, byte[] data, byte[] output, byte[] mac, byte[] source,
                        byte[] destination,
                        byte[] ciphertextAndTag, byte[] packet, byte[] lastTag, byte[] nextNonce, byte[] authTag,
                        byte[] expectedMac, Box box) =>
                        session.Process(CryptoDev.CryptOp.{{call}});
                }
                """;
    }
}
