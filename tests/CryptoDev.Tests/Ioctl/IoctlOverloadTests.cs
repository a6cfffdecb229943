using System.Reflection;
using CryptoDev.Ioctl;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Ioctl;

/// <summary>
/// The typed overloads against the dialects' tables: an overload for each struct that an ioctl takes, no other, and each takes its own
/// requests only.
/// </summary>
public sealed class IoctlOverloadTests
{
    public static TheoryData<string> Dialects => [.. DialectInfo.All.Select(dialect => dialect.Name)];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void A_dialect_has_an_overload_for_each_struct_of_its_ioctls_and_for_nothing_else(string name)
    {
        DialectInfo dialect = DialectInfo.Parse(name);
        using DevCryptoFile file = Open(dialect);
        Overloads(file).Select(ArgumentType).Should().BeEquivalentTo(dialect.Ioctls.Select(ioctl => TypeOf(dialect, ioctl)).Distinct());

        // No generic one and no base class's, which would bind whatever is given.
        typeof(DevCryptoFile).GetMethods().Should().NotContain(method => method.Name == "Ioctl");
        Overloads(file)
            .Should()
            .OnlyContain(method =>
                !method.IsGenericMethodDefinition
                && method.GetParameters().Length == 2
                && method.GetParameters()[0].ParameterType == typeof(uint)
            );
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
            foreach (MethodInfo overload in Overloads(file))
            {
                Func<int> call = () => Call(file, overload, ioctl.Code());
                if (ArgumentType(overload) == TypeOf(dialect, ioctl))
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
            foreach (MethodInfo overload in Overloads(file))
            {
                ((Func<int>)(() => Call(file, overload, ioctl.Code())))
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
        using CryptodevLinuxFile linux = DevCryptoFile.Open(DialectInfo.CryptodevLinux, software);
        using NetBsdFile netBsd = DevCryptoFile.Open(DialectInfo.NetBsd, software);
        using FreeBsdFile freeBsd = DevCryptoFile.Open(DialectInfo.FreeBsd, software);
        using OpenBsdFile openBsd = DevCryptoFile.Open(DialectInfo.OpenBsd, software);
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

    private static IEnumerable<MethodInfo> Overloads(DevCryptoFile file) =>
        file.GetType().GetMethods().Where(method => method.Name == "Ioctl");

    private static Type ArgumentType(MethodInfo overload) => overload.GetParameters()[1].ParameterType.GetElementType()!;

    private static Type TypeOf(DialectInfo dialect, IoctlInfo ioctl) =>
        ioctl.Struct is null ? typeof(uint) : dialect.Header.GetNestedType(ioctl.Struct.Name)!;

    private static int Call(DevCryptoFile file, MethodInfo overload, uint request) =>
        (int)
            overload.Invoke(
                file,
                BindingFlags.DoNotWrapExceptions,
                null,
                [request, Activator.CreateInstance(ArgumentType(overload))],
                null
            )!;
}
