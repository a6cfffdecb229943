using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Abi;

/// <summary>Every struct, constant and system call number of CryptoDev.Native against the C compiler: nothing is believed.</summary>
public sealed class NativeDeclarationTests(AbiWitness witness) : IClassFixture<AbiWitness>
{
    /// <summary>Value types that are ours: they have no twin in C.</summary>
    private static readonly (string Type, string Reason)[] s_ourOwnTypes =
    [
        (nameof(Errno), "a number with its name"),
        (nameof(AlgControlMessageWriter), "pointers into a control buffer"),
        (nameof(FileIdentity), "which file it is"),
        (nameof(LibC.SyscallNumber), "one row of the system call table"),
    ];

    /// <summary>Constants that the witness may lack on some machines, and why. Where it does print one, the value must agree.</summary>
    private static readonly (string Prefix, string Reason)[] s_unwitnessed =
    [
        ("ALG_SET_KEY_BY_KEY_SERIAL", "headers of Linux 6.2 and later only"),
        ("SO_PASSRIGHTS", "headers of Linux 6.16 and later only"),
        ("CRYPTO_ALG_", "linux/crypto.h is not exported to user space; the numbers are the kernel's own and travel in cru_flags"),
        ("KEY_POS_", "include/linux/key.h is not exported to user space; the numbers are in keyctl_setperm(3)"),
        ("KEY_USR_", "include/linux/key.h is not exported to user space; the numbers are in keyctl_setperm(3)"),
    ];

    private static readonly Assembly s_native = typeof(LibC).Assembly;

    [Fact]
    public void Every_constant_agrees_with_the_headers()
    {
        List<string> wrong = [];
        List<FieldInfo> constants = [.. NativeTypes().SelectMany(PublicConstants)];
        foreach (FieldInfo constant in constants)
        {
            long value = Convert.ToInt64(constant.GetRawConstantValue(), null);
            if (witness.Constants.TryGetValue(constant.Name, out long expected))
            {
                if (value != expected)
                {
                    wrong.Add($"{constant.Name} is {value} in C# and {expected} in C");
                }
            }
            else if (!s_unwitnessed.Any(entry => constant.Name.StartsWith(entry.Prefix, StringComparison.Ordinal)))
            {
                wrong.Add($"{constant.Name} is not in native/abi-witness");
            }
        }

        wrong.Should().BeEmpty();
        constants.Should().HaveCountGreaterThan(200);
    }

    [Fact]
    public void Every_struct_agrees_with_the_compiler()
    {
        List<string> wrong = [];
        List<Type> structs =
        [
            .. NativeTypes()
                .Where(type =>
                    IsNativeStruct(type) && !type.IsDefined(typeof(System.Runtime.CompilerServices.InlineArrayAttribute), inherit: false)
                ),
        ];
        foreach (Type type in structs)
        {
            if (!witness.Structs.TryGetValue(type.Name, out int size))
            {
                wrong.Add($"struct {type.Name} is not in native/abi-witness");
            }
            else if (size != SizeOf(type))
            {
                wrong.Add($"struct {type.Name} has {SizeOf(type)} bytes in C# and {size} in C");
            }

            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            {
                string name = $"{type.Name}.{field.Name}";
                (int Offset, int Size) ours = (OffsetOf(type, field), SizeOf(field.FieldType));
                if (!witness.Fields.TryGetValue(name, out (int Offset, int Size) theirs))
                {
                    wrong.Add($"{name} is not in native/abi-witness");
                }
                else if (ours != theirs)
                {
                    wrong.Add($"{name} is at {ours.Offset} with {ours.Size} bytes in C# and at {theirs.Offset} with {theirs.Size} in C");
                }
            }
        }

        wrong.Should().BeEmpty();
        structs.Should().HaveCountGreaterThan(15);
    }

    [Fact]
    public void Every_system_call_number_agrees_with_this_architecture()
    {
        LibC.SyscallNumber[] numbers =
        [
            .. typeof(LibC)
                .GetFields(BindingFlags.Static | BindingFlags.Public)
                .Where(field => field.FieldType == typeof(LibC.SyscallNumber))
                .Select(field => (LibC.SyscallNumber)field.GetValue(null)!),
        ];

        numbers.ToDictionary(number => number.Name, number => (int)number.Current).Should().BeEquivalentTo(witness.Syscalls);
    }

    [Fact]
    public void Every_error_number_has_its_name()
    {
        foreach (
            FieldInfo constant in PublicConstants(typeof(LibC)).Where(constant => constant.Name[0] == 'E' && !constant.Name.Contains('_'))
        )
        {
            int number = (int)constant.GetRawConstantValue()!;
            new Errno(number).Name.Should().Be(constant.Name);
        }
    }

    private static IEnumerable<Type> NativeTypes() => s_native.GetTypes().Where(type => type.Namespace == typeof(LibC).Namespace);

    /// <summary>A ref struct is never one of C's.</summary>
    private static bool IsNativeStruct(Type type) =>
        type.IsValueType
        && !type.IsByRefLike
        && !type.IsEnum
        && !type.IsDefined(typeof(CompilerGeneratedAttribute), false)
        && !s_ourOwnTypes.Any(ours => ours.Type == type.Name);

    /// <summary>Private constants are ours; a C name is declared public in its (internal) class.</summary>
    private static IEnumerable<FieldInfo> PublicConstants(Type type) =>
        type.IsEnum ? [] : type.GetFields(BindingFlags.Static | BindingFlags.Public).Where(field => field.IsLiteral);

    private static int SizeOf(Type type)
    {
        DynamicMethod method = new("size", typeof(int), null, s_native.ManifestModule, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        il.Emit(OpCodes.Sizeof, type);
        il.Emit(OpCodes.Ret);
        return (int)method.Invoke(null, null)!;
    }

    private static int OffsetOf(Type type, FieldInfo field)
    {
        // The address of the field less the address of a local of that type: what the code that runs will see.
        DynamicMethod method = new("offset", typeof(int), null, s_native.ManifestModule, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        LocalBuilder local = il.DeclareLocal(type);
        il.Emit(OpCodes.Ldloca, local);
        il.Emit(OpCodes.Ldflda, field);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldloca, local);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Conv_I4);
        il.Emit(OpCodes.Ret);
        return (int)method.Invoke(null, null)!;
    }
}
