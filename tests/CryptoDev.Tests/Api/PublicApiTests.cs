using System.Globalization;
using System.Reflection;
using System.Text;
using CryptoDev.Tests.Abi;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Api;

/// <summary>The public surface of CryptoDev.dll as text. CRYPTODEV_ACCEPT_API=1 writes what is there over what was accepted.</summary>
public sealed class PublicApiTests
{
    private static readonly NullabilityInfoContext s_nullability = new();

    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(short)] = "short",
        [typeof(uint)] = "uint",
        [typeof(ulong)] = "ulong",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    [Fact]
    public void The_public_surface_is_the_accepted_one()
    {
        string actual = Describe(typeof(CryptoDevice).Assembly);
        string file = Path.Combine(AbiWitness.FindRepositoryRoot(), "tests", "CryptoDev.Tests", "PublicApi.txt");
        if (Environment.GetEnvironmentVariable("CRYPTODEV_ACCEPT_API") == "1")
        {
            File.WriteAllText(file, actual);
        }

        string accepted = File.ReadAllText(file);
        string[] gone = [.. accepted.Split('\n').Except(actual.Split('\n'))];
        string[] come = [.. actual.Split('\n').Except(accepted.Split('\n'))];
        actual
            .Should()
            .Be(
                accepted,
                $"a change of the public surface is accepted with CRYPTODEV_ACCEPT_API=1 and reviewed; gone: {string.Join(" | ", gone)}; "
                    + $"new: {string.Join(" | ", come)}"
            );
    }

    private static string Describe(Assembly assembly)
    {
        StringBuilder text = new();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Heading(type)).Append('\n');
            foreach (string member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Heading(Type type)
    {
        string kind =
            type.IsEnum ? "enum"
            : type.IsValueType ? "struct"
            : type.IsInterface ? "interface"
            : "class";
        List<string> words = ["public"];
        if (type is { IsAbstract: true, IsSealed: true })
        {
            words.Add("static");
        }
        else if (type.IsAbstract && !type.IsInterface)
        {
            words.Add("abstract");
        }
        else if (type.IsSealed && kind == "class")
        {
            words.Add("sealed");
        }

        if (type.IsValueType && type.GetCustomAttributes().Any(one => one.GetType().Name == "IsReadOnlyAttribute"))
        {
            words.Add("readonly");
        }

        if (type.IsByRefLike)
        {
            words.Add("ref");
        }

        if (type.GetCustomAttribute<FlagsAttribute>() is not null)
        {
            words.Insert(0, "[Flags]");
        }

        words.Add(kind);
        List<string> parents = [.. type.GetInterfaces().Where(one => one.IsPublic).Select(Name).Order(StringComparer.Ordinal)];
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
        {
            parents.Insert(0, Name(parent));
        }

        return $"{string.Join(' ', words)} "
            + $"{Name(type)}{(parents.Count == 0 || type.IsEnum ? string.Empty : $" : {string.Join(", ", parents)}")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}");
        }

        IEnumerable<string> fields = type.GetFields(Declared).Where(one => Visible(one.Attributes)).Select(Field);
        IEnumerable<string> constructors = type.GetConstructors(Declared)
            .Where(Visible)
            .Select(one => $"{Access(one)} {type.Name}({Parameters(one)})");
        IEnumerable<string> properties = type.GetProperties(Declared).Where(one => one.GetAccessors(true).Any(Visible)).Select(Property);
        IEnumerable<string> methods = type.GetMethods(Declared)
            .Where(one =>
                Visible(one) && !one.Name.StartsWith('<') && (!one.IsSpecialName || one.Name.StartsWith("op_", StringComparison.Ordinal))
            )
            .Select(Method);
        return fields.Concat(constructors).Concat(properties).Concat(methods);
    }

    private static string Field(FieldInfo field) =>
        $"{(field.IsPublic ? "public" : "protected")} "
        + (
            field.IsLiteral ? "const "
            : field.IsStatic ? "static "
            : string.Empty
        )
        + $"{Name(field.FieldType, s_nullability.Create(field))} {field.Name}";

    private static string Property(PropertyInfo property)
    {
        MethodInfo first = property.GetAccessors(true).First(Visible);
        List<string> accessors = [];
        if (property.GetMethod is { } get && Visible(get))
        {
            accessors.Add("get;");
        }

        if (property.SetMethod is { } set && Visible(set))
        {
            accessors.Add(set.ReturnParameter.GetRequiredCustomModifiers().Any(one => one.Name == "IsExternalInit") ? "init;" : "set;");
        }

        string required = property.GetCustomAttributes().Any(one => one.GetType().Name == "RequiredMemberAttribute")
            ? "required "
            : string.Empty;
        return $"{Access(first)} {Modifiers(first)}{required}{Name(property.PropertyType, s_nullability.Create(property))} "
            + $"{property.Name} {{ {string.Join(' ', accessors)} }}";
    }

    private static string Method(MethodInfo method) =>
        $"{Access(method)} {Modifiers(method)}{Name(method.ReturnType, s_nullability.Create(method.ReturnParameter))} "
        + $"{method.Name}({Parameters(method)})";

    private static string Modifiers(MethodInfo method) =>
        method switch
        {
            { IsStatic: true } => "static ",
            { IsAbstract: true } => "abstract ",
            { IsVirtual: true } when method.GetBaseDefinition().DeclaringType != method.DeclaringType => "override ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => string.Empty,
        };

    private static string Parameters(MethodBase method) =>
        string.Join(
            ", ",
            method
                .GetParameters()
                .Select(parameter =>
                {
                    string kind =
                        parameter.IsOut ? "out "
                        : parameter.ParameterType.IsByRef ? (parameter.IsIn ? "in " : "ref ")
                        : parameter.GetCustomAttribute<ParamArrayAttribute>() is not null
                        || parameter.GetCustomAttributes().Any(one => one.GetType().Name == "ParamCollectionAttribute")
                            ? "params "
                        : string.Empty;
                    string value = parameter.HasDefaultValue ? $" = {DefaultOf(parameter)}" : string.Empty;
                    return $"{kind}{Name(parameter.ParameterType, s_nullability.Create(parameter))} {parameter.Name}{value}";
                })
        );

    private static string DefaultOf(ParameterInfo parameter) =>
        Convert.ToString(parameter.DefaultValue, CultureInfo.InvariantCulture) switch
        {
            null or "" => parameter.ParameterType.IsValueType ? "default" : "null",
            string given => given,
        };

    private static string Name(Type type) => Name(type, null);

    private static string Name(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability?.ElementType ?? nullability);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        string name = s_keywords.GetValueOrDefault(type) ?? type.Name;
        if (type.IsArray)
        {
            name = Name(type.GetElementType()!, nullability?.ElementType) + "[]";
        }
        else if (type.IsGenericType)
        {
            name =
                type.Name.Split('`')[0]
                + "<"
                + string.Join(
                    ", ",
                    type.GetGenericArguments().Select((one, i) => Name(one, nullability?.GenericTypeArguments.ElementAtOrDefault(i)))
                )
                + ">";
        }
        else if (type.IsNested && !type.IsGenericParameter)
        {
            name = $"{Name(type.DeclaringType!)}.{type.Name}";
        }

        return !type.IsValueType && nullability?.ReadState == NullabilityState.Nullable ? name + "?" : name;
    }

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool Visible(FieldAttributes attributes) =>
        (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private static string Access(MethodBase method) => method.IsPublic ? "public" : "protected";
}
