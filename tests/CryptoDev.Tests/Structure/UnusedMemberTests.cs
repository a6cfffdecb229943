using FluentAssertions;
using Mono.Cecil;
using Xunit;

namespace CryptoDev.Tests.Structure;

/// <summary>
/// What nobody outside can call has a caller in the sources: a member that only tests use is code that only tests need. Constants are not
/// looked at, because the compiler copies them, and fields are the compiler's own warning.
/// </summary>
public sealed class UnusedMemberTests
{
    [Fact]
    public void Internal_members_have_a_caller_outside_the_tests()
    {
        HashSet<string> used =
        [
            .. AssemblyReferences
                .Modules.SelectMany(module => module.Types)
                .SelectMany(AssemblyReferences.Everything)
                .OfType<MethodReference>()
                .Select(Key),
        ];
        used.Count.Should().BeGreaterThan(1000);
        Exceptions.Compare(
            "UnusedMembers.txt",
            AssemblyReferences
                .Modules.SelectMany(module => module.GetTypes())
                .Where(type => SourceFolders.ByType.ContainsKey(AssemblyReferences.Outermost(type).FullName) && !IsMade(type))
                .SelectMany(type =>
                    type.Properties.Where(property => Accessors(property).All(method => IsCandidate(method) && !used.Contains(Key(method))))
                        .Select(property => $"{Name(type)}.{property.Name}")
                        .Concat(
                            type.Methods.Where(method => !method.IsSpecialName && IsCandidate(method) && !used.Contains(Key(method)))
                                .Select(method => $"{Name(type)}.{method.Name}")
                        )
                )
        );
    }

    private static IEnumerable<MethodDefinition> Accessors(PropertyDefinition property) =>
        new[] { property.GetMethod, property.SetMethod }.OfType<MethodDefinition>();

    /// <summary>A method of ours that no user, base class or interface calls.</summary>
    private static bool IsCandidate(MethodDefinition method) =>
        !(IsVisible(method.DeclaringType) && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly))
        && !(method.IsVirtual && (method.IsReuseSlot || method.IsFinal || method.DeclaringType.HasInterfaces))
        && !method.IsConstructor
        && !method.IsRuntime
        && !method.Name.Contains('<')
        && method.Name is not ("Main" or "ToString" or "Deconstruct")
        && (!IsMade(method) || method.IsGetter || method.IsSetter);

    private static bool IsVisible(TypeDefinition type) =>
        type.IsPublic || (type.IsNestedPublic && IsVisible(type.DeclaringType)) || (type.IsNestedFamily && IsVisible(type.DeclaringType));

    private static bool IsMade(ICustomAttributeProvider provider) =>
        provider.CustomAttributes.Any(attribute =>
            attribute.AttributeType.Name is "CompilerGeneratedAttribute" or "GeneratedCodeAttribute"
        );

    private static string Name(TypeDefinition type) => type.DeclaringType is { } outer ? $"{Name(outer)}.{type.Name}" : type.Name;

    /// <summary>Type, name and count of parameters: overloads of one count stand for each other.</summary>
    private static string Key(MethodReference method) =>
        $"{method.DeclaringType.GetElementType().FullName}::{method.Name}/{method.Parameters.Count}";
}
