using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace CryptoDev.Analyzers;

/// <summary>The name of what an argument refers to, and the role that it says: that of a local, a parameter, a member, a method.</summary>
internal readonly struct NamedArgument
{
    private NamedArgument(string name, bool isPart)
    {
        ArgumentRole role = RoleTable.OfName(name);
        Name = name;

        // A part of a ciphertext may well be its tag or its nonce.
        Role = isPart && role == ArgumentRole.Message ? ArgumentRole.Unknown : role;
    }

    public string Name { get; }

    public ArgumentRole Role { get; }

    public static NamedArgument Of(IOperation value)
    {
        bool isPart = false;
        IOperation? current = value;
        while (true)
        {
            switch (current)
            {
                case IConversionOperation conversion:
                    current = conversion.Operand;
                    break;
                case IInvocationOperation { TargetMethod.Name: "AsSpan" or "AsMemory" or "Slice" or "ToArray" } call:
                    isPart |= call.Arguments.Length > (call.Instance is null ? 1 : 0);
                    current = call.Instance ?? call.Arguments[0].Value;
                    break;
                case IPropertyReferenceOperation { Property.Name: "Span" or "Memory", Instance: { } whole }:
                    current = whole;
                    break;
                case IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } whole }:
                    isPart = true;
                    current = whole;
                    break;
                case IArrayElementReferenceOperation element:
                    isPart = true;
                    current = element.ArrayReference;
                    break;
                case IImplicitIndexerReferenceOperation range:
                    isPart = true;
                    current = range.Instance;
                    break;
                default:
                    return new NamedArgument(NameOf(current), isPart);
            }
        }
    }

    private static string NameOf(IOperation? operation) =>
        operation switch
        {
            ILocalReferenceOperation local => local.Local.Name,
            IParameterReferenceOperation parameter => parameter.Parameter.Name,
            IMemberReferenceOperation member => member.Member.Name,
            IInvocationOperation call => call.TargetMethod.Name,
            _ => string.Empty,
        };
}
