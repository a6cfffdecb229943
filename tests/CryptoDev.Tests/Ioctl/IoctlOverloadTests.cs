using System.Reflection;
using CryptoDev.Ioctl;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Ioctl;

/// <summary>
/// The structs that a dialect's file takes against the dialect's table: each that an ioctl takes, no other, and each for its own requests
/// only.
/// </summary>
public sealed class IoctlOverloadTests
{
    public static TheoryData<string> Dialects => [.. DialectInfo.All.Select(dialect => dialect.Name)];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void A_dialects_file_takes_the_struct_of_each_of_its_ioctls_and_nothing_else(string name)
    {
        DialectInfo dialect = DialectInfo.Parse(name);
        using DevCryptoFile file = Open(dialect);
        Arguments(file).Should().BeEquivalentTo(dialect.Ioctls.Select(TypeOf).Distinct());

        // None in the base class, which would bind whatever is given.
        typeof(DevCryptoFile).GetMethods().Should().NotContain(method => method.Name == "Ioctl");
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void The_emulator_has_room_for_every_argument(string name)
    {
        DialectInfo dialect = DialectInfo.Parse(name);
        dialect
            .Ioctls.Where(ioctl => ioctl.ArgumentSize(WordSize.LP64) > EmulatedFile.LongestArgument)
            .Should()
            .BeEmpty($"{nameof(EmulatedFile)}.{nameof(EmulatedFile.LongestArgument)} is the room on its stack");
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Every_ioctl_takes_its_own_struct_and_no_other_of_any_size(string name)
    {
        DialectInfo dialect = DialectInfo.Parse(name);
        using DevCryptoFile file = Open(dialect);
        int pairs = 0;
        foreach (IoctlInfo ioctl in dialect.Ioctls)
        {
            foreach (Type argument in Arguments(file))
            {
                Func<int> call = () => Call(file, argument, ioctl.Code());
                if (argument == TypeOf(ioctl))
                {
                    // Zeroes: whatever the device thinks of them, it was asked.
                    call.Should().NotThrow($"{ioctl} takes a {ioctl.ArgumentType}").Which.Should().BeInRange(-4095, 0);
                    pairs++;
                }
                else
                {
                    call.Should()
                        .Throw<ArgumentException>($"{ioctl} takes a {ioctl.ArgumentType}")
                        .WithMessage($"{ioctl} of {dialect} takes a {ioctl.ArgumentType}, not a *");
                }
            }
        }

        pairs.Should().Be(dialect.Ioctls.Count);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Another_dialects_request_is_refused_where_this_one_has_none_of_that_code(string name)
    {
        DialectInfo dialect = DialectInfo.Parse(name);
        using DevCryptoFile file = Open(dialect);
        IoctlInfo[] foreign =
        [
            .. DialectInfo.All.SelectMany(other => other.Ioctls).Where(ioctl => dialect.Ioctls.All(own => own.Code() != ioctl.Code())),
        ];
        foreign.Should().NotBeEmpty();
        foreach (IoctlInfo ioctl in foreign)
        {
            foreach (Type argument in Arguments(file))
            {
                ((Func<int>)(() => Call(file, argument, ioctl.Code())))
                    .Should()
                    .Throw<ArgumentException>()
                    .WithMessage($"{dialect} has no request 0x{ioctl.Code():X8}*");
            }
        }
    }

    [Fact]
    public void A_dialect_that_is_named_gives_the_type_with_its_structs()
    {
        DevCryptoFileOptions software = new() { Policy = DriverPolicy.SoftwareOnly };
        using CryptodevLinuxFile linux = CryptodevLinuxFile.Open(software);
        using NetBsdFile netBsd = NetBsdFile.Open(software);
        using FreeBsdFile freeBsd = FreeBsdFile.Open(software);
        using OpenBsdFile openBsd = OpenBsdFile.Open(software);
        DevCryptoFile[] files = [linux, netBsd, freeBsd, openBsd];
        files.Select(file => file.Dialect).Should().Equal(DialectInfo.All);
        foreach (DevCryptoFile file in files)
        {
            using DevCryptoFile same = Open(file.Dialect);
            same.Should().BeOfType(file.GetType(), "a dialect found by its name opens as the same type");
        }
    }

    private static DevCryptoFile Open(DialectInfo dialect) =>
        DevCryptoFile.Open(dialect, new DevCryptoFileOptions { Policy = DriverPolicy.SoftwareOnly });

    /// <summary>What the compiler lets pass: <c>uint</c>, and the structs that the generic overload is constrained to.</summary>
    private static IEnumerable<Type> Arguments(DevCryptoFile file)
    {
        Type constraint = Overload(file, isGeneric: true)
            .GetGenericArguments()[0]
            .GetGenericParameterConstraints()
            .Single(type => type.IsInterface);
        return constraint
            .DeclaringType!.GetNestedTypes()
            .Where(type => type.IsValueType && type.IsAssignableTo(constraint))
            .Append(typeof(uint));
    }

    private static MethodInfo Overload(DevCryptoFile file, bool isGeneric) =>
        file.GetType().GetMethods().Single(method => method.Name == "Ioctl" && method.IsGenericMethodDefinition == isGeneric);

    private static Type TypeOf(IoctlInfo ioctl) => ioctl.Struct?.Type ?? typeof(uint);

    private static int Call(DevCryptoFile file, Type argument, uint request)
    {
        MethodInfo overload =
            argument == typeof(uint) ? Overload(file, isGeneric: false) : Overload(file, isGeneric: true).MakeGenericMethod(argument);
        object?[] arguments = [request, Activator.CreateInstance(argument)];
        return (int)overload.Invoke(file, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }
}
