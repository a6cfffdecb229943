using System.Text.RegularExpressions;
using CryptoDev.Tests.Abi;
using FluentAssertions;
using Mono.Cecil;
using Xunit;

namespace CryptoDev.Tests.Structure;

/// <summary>
/// Which folder may name which, by what the compiler made of it: base types, signatures, attributes, bodies of methods and generic
/// arguments. A constant leaves no trace in the assembly, so the sources are searched for constants of other folders.
/// </summary>
public sealed partial class DependencyTests
{
    /// <summary>A part of the sources: its name, its folder, and the parts that it may name beside itself. The document has them.</summary>
    private static readonly (string Name, string Folder, string[] Knows)[] s_parts =
    [
        .. Drawing()
            .Matches(File.ReadAllText(Path.Combine(AbiWitness.FindRepositoryRoot(), "docs", "architecture.md")))
            .Select(match => (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value.Split(' '))),
    ];

    [Fact]
    public void A_folder_names_those_alone_that_it_may()
    {
        (string Type, string Part)[] found = [.. Found().Distinct()];
        found.Length.Should().BeGreaterThan(500);
        Exceptions.Compare(
            "Dependencies.txt",
            found.Where(row => !MayKnow(PartOf(row.Type), row.Part)).Select(row => $"{Short(row.Type)} names {row.Part}")
        );
    }

    /// <summary>What must hold whatever the drawing says.</summary>
    [Fact]
    public void The_drawing_keeps_the_rules_of_the_house()
    {
        string[] drivers =
        [
            .. s_parts.Where(part => part.Folder.StartsWith("CryptoDev/Drivers/", StringComparison.Ordinal)).Select(part => part.Name),
        ];
        drivers.Should().BeEquivalentTo("Kernel", "Software", "AfAlg", "Keyring", "DevCrypto");
        Part("Native").Knows.Should().Equal(string.Empty);
        Part("Framework").Knows.Should().NotContain(drivers).And.NotContain(["Dialects", "Ioctl"]);
        Part("Dialects").Knows.Should().NotContain(drivers).And.NotContain(["Contract", "Ioctl"]);
        Part("Server").Knows.Should().NotContain(drivers);
        foreach (string driver in drivers)
        {
            Part(driver).Knows.Intersect(drivers).Where(other => other != "Kernel").Should().BeEmpty($"{driver} knows no other driver");
        }
    }

    [Fact]
    public void Every_type_has_a_folder_and_every_folder_a_part()
    {
        AssemblyReferences
            .Modules.SelectMany(module => module.Types)
            .Where(type => !IsMadeByTheCompiler(type) && !SourceFolders.ByType.ContainsKey(type.FullName))
            .Select(type => type.FullName)
            .Should()
            .BeEmpty();
        SourceFolders.ByType.Values.Distinct().Where(folder => PartOfFolder(folder).Length == 0).Should().BeEmpty();
    }

    private static IEnumerable<(string Type, string Part)> Found()
    {
        foreach (TypeDefinition type in AssemblyReferences.Modules.SelectMany(module => module.Types))
        {
            if (SourceFolders.ByType.ContainsKey(type.FullName))
            {
                foreach (
                    TypeDefinition other in AssemblyReferences.Of(type).Where(other => SourceFolders.ByType.ContainsKey(other.FullName))
                )
                {
                    yield return (type.FullName, PartOf(other.FullName));
                }
            }
        }

        foreach ((string type, string part) in Constants())
        {
            yield return (type, part);
        }
    }

    /// <summary>Uses of constants, which the compiler copies: <c>Type.Name</c> in the text, where one type alone has that name.</summary>
    private static IEnumerable<(string Type, string Part)> Constants()
    {
        Dictionary<string, string> constants = AssemblyReferences
            .Modules.SelectMany(module => module.Types)
            .Where(type => !type.IsEnum && SourceFolders.ByType.ContainsKey(type.FullName))
            .SelectMany(type =>
                type.Fields.Where(field => field.IsLiteral).Select(field => (Key: $"{type.Name}.{field.Name}", type.FullName))
            )
            .GroupBy(row => row.Key)
            .Where(group => group.Count() == 1)
            .ToDictionary(group => group.Key, group => group.First().FullName);
        ILookup<string, string> names = SourceFolders.ByType.ToLookup(row => row.Value, row => row.Key);
        foreach ((string folder, string path, string text) in SourceFolders.Files())
        {
            string file = Path.GetFileName(path).Split('.')[0];
            string owner = names[folder].FirstOrDefault(name => name.EndsWith('.' + file)) ?? names[folder].First();
            foreach (Match match in Regex.Matches(text, @"(?<![\w.""])([A-Z]\w+\.[A-Z]\w+)\b"))
            {
                if (constants.TryGetValue(match.Groups[1].Value, out string? type))
                {
                    yield return (owner, PartOf(type));
                }
            }
        }
    }

    private static bool MayKnow(string part, string other) => part == other || Part(part).Knows.Contains(other);

    private static (string Name, string Folder, string[] Knows) Part(string name) => s_parts.Single(part => part.Name == name);

    private static string PartOf(string type) => PartOfFolder(SourceFolders.ByType[type]);

    /// <summary>The part with the longest folder that this one is or lies in.</summary>
    private static string PartOfFolder(string folder) =>
        s_parts
            .Where(part => folder == part.Folder || folder.StartsWith(part.Folder + "/", StringComparison.Ordinal))
            .OrderByDescending(part => part.Folder.Length)
            .Select(part => part.Name)
            .FirstOrDefault(string.Empty);

    private static string Short(string type) => type[(type.LastIndexOf('.') + 1)..];

    private static bool IsMadeByTheCompiler(TypeDefinition type) =>
        type.Name.StartsWith('<')
        || type.Namespace is "System.Runtime.CompilerServices" or "Microsoft.CodeAnalysis" or "System.Text.RegularExpressions.Generated"
        || type.CustomAttributes.Any(attribute => attribute.AttributeType.Name is "CompilerGeneratedAttribute" or "EmbeddedAttribute");

    [GeneratedRegex(@"^ (\w+) +src/([\w./]+)(?: +-> ([\w ]+))?$", RegexOptions.Multiline)]
    private static partial Regex Drawing();
}
