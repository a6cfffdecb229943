using CryptoDev.Cli;
using CryptoDev.Native;
using CryptoDev.Server;
using Mono.Cecil;

namespace CryptoDev.Tests.Structure;

/// <summary>Who names whom in the compiled assemblies: signatures, attributes and the bodies of methods.</summary>
internal static class AssemblyReferences
{
    /// <summary>The four assemblies.</summary>
    public static IReadOnlyList<ModuleDefinition> Modules { get; } =
    [
        .. new[] { typeof(LibC), typeof(CryptoDevice), typeof(IFrontEnd), typeof(CliApplication) }.Select(type =>
            ModuleDefinition.ReadModule(type.Assembly.Location)
        ),
    ];

    /// <summary>The outermost types that a type refers to, wherever in it; itself left out.</summary>
    public static HashSet<TypeDefinition> Of(TypeDefinition type)
    {
        HashSet<TypeDefinition> found = [];
        foreach (MemberReference reference in Everything(type))
        {
            Collect(reference, found);
        }

        found.Remove(type);
        return found;
    }

    /// <summary>Everything that a type, with those nested in it, names: types, fields and methods.</summary>
    public static IEnumerable<MemberReference> Everything(TypeDefinition type)
    {
        IEnumerable<MemberReference?> own =
        [
            type.BaseType,
            .. type.Interfaces.Select(row => row.InterfaceType),
            .. Attributes(type),
            .. type.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType),
            .. type.Fields.Select(field => field.FieldType),
            .. type.Fields.SelectMany(Attributes),
            .. type.Properties.Select(property => property.PropertyType),
            .. type.Properties.SelectMany(Attributes),
            .. type.Events.Select(each => each.EventType),
            .. type.Methods.SelectMany(Named),
            .. type.NestedTypes.SelectMany(Everything),
        ];
        return own.OfType<MemberReference>();
    }

    /// <summary>The type itself, or the one it is nested in.</summary>
    public static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    /// <summary>The definition, where it is in one of the four assemblies.</summary>
    public static TypeDefinition? Find(TypeReference reference)
    {
        TypeReference element = reference.GetElementType();
        return element.IsGenericParameter ? null : s_types.GetValueOrDefault(element.FullName);
    }

    private static readonly Dictionary<string, TypeDefinition> s_types = Modules
        .SelectMany(module => module.GetTypes())
        .Where(type => !type.Name.StartsWith('<') || type.DeclaringType is not null)
        .GroupBy(type => type.FullName)
        .ToDictionary(group => group.Key, group => group.First());

    private static IEnumerable<MemberReference?> Named(MethodDefinition method)
    {
        IEnumerable<MemberReference?> signature =
        [
            method.ReturnType,
            .. method.Parameters.Select(parameter => parameter.ParameterType),
            .. method.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType),
            .. Attributes(method),
            .. method.Overrides,
        ];
        return !method.HasBody
            ? signature
            :
            [
                .. signature,
                .. method.Body.Variables.Select(variable => variable.VariableType),
                .. method.Body.ExceptionHandlers.Select(handler => handler.CatchType),
                .. method.Body.Instructions.Select(instruction => instruction.Operand).SelectMany(Operand),
            ];
    }

    private static IEnumerable<MemberReference?> Operand(object operand) =>
        operand switch
        {
            MemberReference member => [member],
            CallSite site => [site.ReturnType, .. site.Parameters.Select(parameter => parameter.ParameterType)],
            _ => [],
        };

    private static IEnumerable<MemberReference?> Attributes(ICustomAttributeProvider provider) =>
        provider.CustomAttributes.SelectMany(attribute =>
            attribute.ConstructorArguments.Select(argument => argument.Value as TypeReference).Append(attribute.AttributeType)
        );

    private static void Collect(MemberReference? reference, HashSet<TypeDefinition> found)
    {
        switch (reference)
        {
            case GenericInstanceType generic:
                Collect(generic.ElementType, found);
                foreach (TypeReference argument in generic.GenericArguments)
                {
                    Collect(argument, found);
                }

                break;
            case TypeSpecification composed:
                Collect(composed.ElementType, found);
                break;
            case TypeReference type:
                if (Find(type) is { } definition)
                {
                    found.Add(Outermost(definition));
                }

                break;
            case GenericInstanceMethod generic:
                Collect(generic.ElementMethod, found);
                foreach (TypeReference argument in generic.GenericArguments)
                {
                    Collect(argument, found);
                }

                break;
            case MethodReference method:
                Collect(method.DeclaringType, found);
                Collect(method.ReturnType, found);
                foreach (ParameterDefinition parameter in method.Parameters)
                {
                    Collect(parameter.ParameterType, found);
                }

                break;
            case FieldReference field:
                Collect(field.DeclaringType, found);
                Collect(field.FieldType, found);
                break;
            default:
                break;
        }
    }
}
