using System.Numerics;
using System.Reflection;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Api;

/// <summary>
/// A null array becomes an empty span by itself: an empty key, an empty message. What the library reads is <see cref="InputBytes"/>, whose
/// conversion refuses it. The walk over the public surface finds a member that takes spans or memory in another way.
/// </summary>
public sealed class NullArrayTests
{
    private const string Room = "room for a result: too short, an empty one too, is refused for its length";
    private const string Flat = "a flat operation: Process refuses what has no room, and with no tag an exact destination is demanded";
    private const string Called = "the library calls it and a user implements it";
    private const string Numbers = "their count is compared with that of the operation";
    private const string Overloaded = "an overload for arrays refuses null";
    private const string Input = "what makes or reads the type itself";

    private static readonly Dictionary<string, string> s_exempt = new()
    {
        ["CipherOperation.Update(destination)"] = Room,
        ["CryptOp.Buffer"] = "descriptors that do not lie in the buffer are refused",
        ["CryptOp.Chain(buffer)"] = "descriptors that do not lie in the buffer are refused",
        ["CryptOp.Chain(descriptors)"] = "no descriptors are refused",
        ["CryptOp.Decrypt(destination)"] = Flat,
        ["CryptOp.Descriptors"] = "no descriptors make the flat form, which needs the parts that a chain has not",
        ["CryptOp.Destination"] = Flat,
        ["CryptOp.Digest(destination)"] = Room,
        ["CryptOp.Encrypt(destination)"] = Flat,
        ["CryptOp.Open(plaintext)"] = Room,
        ["CryptOp.OpenAttached(plaintext)"] = Room,
        ["CryptOp.Seal(ciphertext)"] = Room,
        ["CryptOp.Seal(tag)"] = "no tag is refused",
        ["CryptOp.SealAttached(ciphertextAndTag)"] = Room,
        ["CryptOp.Tag"] = Flat,
        ["CryptRequest.Buffer"] = "as CryptOp.Buffer",
        ["CryptRequest.Descriptors"] = "as CryptOp.Descriptors",
        ["CryptRequest.Destination"] = Flat,
        ["CryptRequest.Tag"] = Flat,
        ["CryptoDevice.GetRandomBytes(destination)"] = Overloaded,
        ["DigestOperation.Final(destination)"] = Room,
        ["DigestOperation.Peek(destination)"] = Room,
        ["IUserMemory.CopyIn(destination)"] = Called,
        ["IUserMemory.CopyOut(source)"] = Called,
        ["InputBytes.CopyTo(destination)"] = Room,
        ["InputBytes.Create(bytes)"] = "for collection expressions, which are not null",
        ["InputBytes.op_Implicit(array)"] = Input,
        ["InputBytes.op_Implicit(span)"] = Input,
        ["InputMemory.op_Implicit(array)"] = Input,
        ["InputMemory.op_Implicit(memory)"] = Input,
        ["KernelKey.RsaDecrypt(destination)"] = Room,
        ["KeyOp.FromParameters(inputBits)"] = Numbers,
        ["KeyOp.FromParameters(outputBits)"] = Numbers,
        ["KeyParameter.CopyTo(destination)"] = Room,
        ["KeyResult.CopyTo(destination)"] = Room,
        ["KeyResult.TryWrite(destination)"] = Room,
        ["RandomGenerator.Fill(destination)"] = Overloaded,
        ["Session.Process(destination)"] = Room,
    };

    /// <summary>Calls with a null array among arrays, spans and literals.</summary>
    public static TheoryData<string, Action> Calls
    {
        get
        {
            byte[] none = null!;
            byte[] some = new byte[16];
            return new TheoryData<string, Action>
            {
                { "key", () => new CryptoKey(none) },
                { "key of a segment", () => new CryptoKey(default(ArraySegment<byte>)) },
                { "encrypt source", () => CryptOp.Encrypt(none, some, some) },
                { "encrypt IV", () => CryptOp.Encrypt(some.AsSpan(), some, none) },
                { "decrypt source", () => CryptOp.Decrypt(none, some, "iv"u8) },
                { "seal nonce", () => CryptOp.Seal(none, some, some, some) },
                { "seal plaintext", () => CryptOp.Seal("nonce"u8, none, some, some) },
                { "seal associated data", () => CryptOp.Seal([1, 2], some, some, some, none) },
                { "open tag", () => CryptOp.Open(some, some, none, some) },
                { "sealed together", () => CryptOp.SealAttached(some, none, some) },
                { "opened together", () => CryptOp.OpenAttached(some, some, some, none) },
                { "digest", () => CryptOp.Digest(none, some) },
                { "verify", () => CryptOp.Verify(some, none) },
                { "chain", () => CryptOp.Chain(some, [default], none) },
                { "property Source", () => _ = new CryptOp { Source = none }.Direction },
                { "property Iv", () => _ = new CryptOp { Iv = none }.Direction },
                { "property AssociatedData", () => _ = new CryptOp { AssociatedData = none }.Direction },
                { "property ExpectedTag", () => _ = new CryptOp { ExpectedTag = none }.Direction },
                { "request Source", () => _ = new CryptRequest { Source = none } },
                { "request Iv", () => _ = new CryptRequest { Iv = none } },
                { "request AssociatedData", () => _ = new CryptRequest { AssociatedData = none } },
                { "request ExpectedTag", () => _ = new CryptRequest { ExpectedTag = none } },
                { "request of a segment", () => _ = new CryptRequest { Source = default(ArraySegment<byte>) } },
                { "descriptor", () => default(CryptDescriptor).SetIv(none) },
                { "exponent", () => KeyOp.ModExp([4], none, [7]) },
                { "modulus", () => KeyOp.Mod(some, none) },
                { "operand", () => KeyOp.FromParameters(KeyOperation.Mod, [8, 8], [8]).GetParameter(0).CopyFrom(none) },
                { "kernel key", () => KernelKey.Import(none) },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_null_array_is_refused(string what, Action call) => call.Should().Throw<ArgumentNullException>(what);

    [Fact]
    public void A_null_array_is_refused_by_what_is_open()
    {
        byte[] none = null!;
        using CryptoDevice device = CryptoDevice.Open();
        using CryptoKey key = new(new byte[16]);
        using Session cipher = device.CreateSession(SessionParameters.Cipher(CryptoAlgorithm.AesCbc, key), DriverPolicy.SoftwareOnly);
        using Session hash = device.CreateSession(SessionParameters.Digest(CryptoAlgorithm.Sha256), DriverPolicy.SoftwareOnly);
        using CipherOperation encryption = cipher.BeginCipher(CryptDirection.Encrypt, new byte[16]);
        using DigestOperation digest = hash.BeginDigest();
        using RandomGenerator generator = device.OpenRandomGenerator();
        foreach (
            Action call in new Action[]
            {
                () => cipher.BeginCipher(CryptDirection.Encrypt, none),
                () => encryption.Update(none, new byte[16]),
                () => digest.Update(none),
                () => device.OpenRandomGenerator(seed: none),
                () => device.GetRandomBytes(none),
                () => device.GetRandomBytes(none, DriverPolicy.SoftwareOnly),
                () => generator.Fill(none),
            }
        )
        {
            call.Should().Throw<ArgumentNullException>();
        }
    }

    [Fact]
    public void What_is_empty_and_no_null_array_is_taken()
    {
        CryptOp.Encrypt([], default, default).Source.IsEmpty.Should().BeTrue();
        CryptOp.Encrypt(Array.Empty<byte>(), default, ""u8).Source.IsEmpty.Should().BeTrue();
        CryptOp.Encrypt(ReadOnlySpan<byte>.Empty, default).Iv.IsEmpty.Should().BeTrue();
        new CryptRequest { Source = default, Iv = Array.Empty<byte>() }
            .Source.IsEmpty.Should()
            .BeTrue();
        BigInteger result = KeyOp.ModExp([4], [13], [0x01, 0xF1]).InputCount;
        result.Should().Be(3, "collection expressions are operands");
        byte[] some = [1, 2, 3, 4];
        CryptOp.Encrypt(new ArraySegment<byte>(some, 1, 2), default).Source.Span.ToArray().Should().Equal(2, 3);
        CryptOp.Encrypt(some.AsSpan(1), default).Source[1..].Span.ToArray().Should().Equal(3, 4);
        int sum = 0;
        foreach (byte one in CryptOp.Encrypt(some, default).Source)
        {
            sum += one;
        }

        sum.Should().Be(10);
    }

    [Fact]
    public void An_empty_key_is_had_by_its_name_alone()
    {
        FluentActions
            .Invoking(() => new CryptoKey(ReadOnlySpan<byte>.Empty))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*CryptoKey.Empty*");
        FluentActions.Invoking(() => new CryptoKey([])).Should().Throw<ArgumentException>().WithMessage("*CryptoKey.Empty*");
        CryptoKey.Empty.Dispose();
        using CryptoDevice device = CryptoDevice.Open();
        using Session session = device.CreateSession(
            SessionParameters.KeyedDigest(CryptoAlgorithm.HmacSha256, CryptoKey.Empty),
            DriverPolicy.SoftwareOnly
        );
        byte[] mac = new byte[32];
        session.Process(CryptOp.Digest("abc"u8, mac)).Should().Be(32, "disposing it had no effect");
        mac.Should().Equal(System.Security.Cryptography.HMACSHA256.HashData([], "abc"u8));
    }

    [Fact]
    public void No_public_member_takes_an_array_for_an_empty_span()
    {
        string[] found =
        [
            .. Members().Where(row => IsSpanOrMemory(row.Type)).Select(row => row.Name).Distinct().Order(StringComparer.Ordinal),
        ];
        found.Should().Contain("CryptOp.Destination", "the walk finds what is there");
        found.Except(s_exempt.Keys).Should().BeEmpty("bytes that are read are InputBytes or InputMemory");
        s_exempt.Keys.Except(found).Should().BeEmpty("these are no longer there");
    }

    private static bool IsSpanOrMemory(Type type) =>
        type == typeof(byte[])
        || (
            type.IsGenericType
            && type.GetGenericTypeDefinition() is { } generic
            && (
                generic == typeof(Span<>)
                || generic == typeof(ReadOnlySpan<>)
                || generic == typeof(Memory<>)
                || generic == typeof(ReadOnlyMemory<>)
                || type.GetGenericArguments().Any(IsSpanOrMemory)
            )
        );

    /// <summary>Every parameter and every property or field that can be set, of every public type.</summary>
    private static IEnumerable<(string Name, Type Type)> Members()
    {
        const BindingFlags Declared =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (Type type in typeof(CryptoDevice).Assembly.GetExportedTypes().Where(one => !typeof(Delegate).IsAssignableFrom(one)))
        {
            foreach (
                FieldInfo field in type.GetFields(Declared).Where(one => one is { IsPublic: true, IsInitOnly: false, IsLiteral: false })
            )
            {
                yield return ($"{type.Name}.{field.Name}", field.FieldType);
            }

            foreach (PropertyInfo property in type.GetProperties(Declared).Where(one => one.SetMethod is { } set && Visible(set)))
            {
                yield return ($"{type.Name}.{property.Name}", property.PropertyType);
            }

            IEnumerable<MethodBase> methods = [.. type.GetConstructors(Declared), .. type.GetMethods(Declared)];
            foreach (MethodBase method in methods.Where(one => Visible(one) && !IsAccessor(one) && !IsOverride(one)))
            {
                string name = method.IsConstructor ? type.Name : $"{type.Name}.{method.Name}";
                foreach (ParameterInfo parameter in method.GetParameters().Where(one => !one.IsOut))
                {
                    Type given = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
                    yield return ($"{name}({parameter.Name})", given);
                }
            }
        }
    }

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodBase method) =>
        method.IsSpecialName && !method.IsConstructor && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsOverride(MethodBase method) =>
        method is MethodInfo { IsVirtual: true } one && one.GetBaseDefinition().DeclaringType != one.DeclaringType;
}
