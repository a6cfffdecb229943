using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.KeyOps;

/// <summary>
/// Operands that cannot be worked with are refused by name, before any driver is touched; outcomes that are no result have their errno.
/// </summary>
public sealed class KeyOpBadInputTests : IDisposable
{
    private static readonly byte[] s_p = [23];
    private static readonly byte[] s_q = [11];
    private static readonly byte[] s_g = [4];

    private readonly CryptoDevice _device = CryptoDevice.Open(new CryptoDeviceOptions { Policy = DriverPolicy.SoftwareOnly });

    public static TheoryData<string, string, Func<KeyOp>> Refused =>
        new()
        {
            { "modulus", "must not be 0", () => KeyOp.ModExp([2], [3], []) },
            { "modulus", "must not be 0", () => KeyOp.ModAdd([2], [3], [0, 0]) },
            { "modulus", "must not be 0", () => KeyOp.ModAddInv([2], []) },
            { "modulus", "must not be 0", () => KeyOp.ModSub([2], [3], []) },
            { "modulus", "must not be 0", () => KeyOp.ModMult([2], [3], []) },
            { "modulus", "must not be 0", () => KeyOp.ModMultInv([2], []) },
            { "modulus", "must not be 0", () => KeyOp.Mod([2], []) },
            { "baseValue", "2049 bytes", () => KeyOp.ModExp(Long, [3], [5]) },
            { "exponent", "2049 bytes", () => KeyOp.ModExp([3], Long, [5]) },
            { "modulus", "2049 bytes", () => KeyOp.ModExp([3], [3], Long) },
            { "digest", "2049 bytes", () => KeyOp.DsaSign(new byte[2049], s_p, s_q, s_g, [3]) },
            { "p", "must not be 0", () => KeyOp.ModExpCrt([], [3], [1], [1], [1], [1]) },
            { "q", "must not be 0", () => KeyOp.ModExpCrt([3], [0], [1], [1], [1], [1]) },
            { "digest", "at least one byte", () => KeyOp.DsaSign([], s_p, s_q, s_g, [3]) },
            { "p", "odd prime", () => KeyOp.DsaSign([1], [24], s_q, s_g, [3]) },
            { "p", "odd prime", () => KeyOp.DsaSign([1], [1], s_q, s_g, [3]) },
            { "q", "odd prime", () => KeyOp.DsaSign([1], s_p, [], s_g, [3]) },
            { "q", "below p", () => KeyOp.DsaSign([1], s_p, [23], s_g, [3]) },
            { "g", "at least 2", () => KeyOp.DsaSign([1], s_p, s_q, [1], [3]) },
            { "g", "below p", () => KeyOp.DsaSign([1], s_p, s_q, [23], [3]) },
            { "privateKey", "must not be 0", () => KeyOp.DsaSign([1], s_p, s_q, s_g, []) },
            { "privateKey", "below q", () => KeyOp.DsaSign([1], s_p, s_q, s_g, [11]) },
            { "publicKey", "at least 2", () => KeyOp.DsaVerify([1], s_p, s_q, s_g, [1], [1], [1]) },
            { "publicKey", "below p", () => KeyOp.DsaVerify([1], s_p, s_q, s_g, [1, 0], [1], [1]) },
            { "prime", "must not be 0", () => KeyOp.DhComputeKey([3], [4], []) },
            { "privateKey", "must not be 0", () => KeyOp.DhComputeKey([], [4], s_p) },
            { "publicKey", "at least 2", () => KeyOp.DhComputeKey([3], [], s_p) },
            { "publicKey", "at least 2", () => KeyOp.DhComputeKey([3], [1], s_p) },
            { "publicKey", "at most prime - 2", () => KeyOp.DhComputeKey([3], [22], s_p) },
            { "publicKey", "at most prime - 2", () => KeyOp.DhComputeKey([3], [0xFF, 0xFF], s_p) },
            { "publicKey", "at most prime - 2", () => KeyOp.DhComputeKey([3], [255], [1, 0]) },
        };

    private static byte[] Long => [1, .. new byte[2048]];

    public void Dispose() => _device.Dispose();

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_factory_names_the_operand(string name, string words, Func<KeyOp> build) =>
        build.Should().Throw<ArgumentException>().WithMessage($"{name} *{words}*").Which.ParamName.Should().Be(name);

    [Fact]
    public void The_limits_themselves_are_allowed()
    {
        byte[] longest = [0, 0, .. Enumerable.Repeat((byte)0xFF, 2048)];
        using KeyOp op = KeyOp.Mod(longest, [7]);
        using KeyResult result = _device.Process(op);

        result.ToArray().Should().Equal([1], "2^16384 - 1 leaves 1, as 2^3 does and 16384 = 3 * 5461 + 1");
        Evaluate(() => KeyOp.DhComputeKey([3], [21], s_p)).Should().Equal(21 * 21 * 21 % 23);
        Evaluate(() => KeyOp.DhComputeKey([3], [254], [1, 0])).Should().Equal(0, 248);
    }

    [Theory]
    [InlineData(new byte[0], new byte[0], new byte[] { 7 }, new byte[] { 1 })]
    [InlineData(new byte[0], new byte[] { 5 }, new byte[] { 7 }, new byte[] { 0 })]
    [InlineData(new byte[] { 9 }, new byte[0], new byte[] { 1 }, new byte[] { 0 })]
    [InlineData(new byte[0], new byte[0], new byte[] { 1 }, new byte[] { 0 })]
    [InlineData(new byte[] { 200 }, new byte[] { 2 }, new byte[] { 8 }, new byte[] { 0 })]
    [InlineData(new byte[] { 0, 0, 3 }, new byte[] { 0, 2 }, new byte[] { 0, 0, 1, 0 }, new byte[] { 0, 9 })]
    public void Edges_of_powers(byte[] baseValue, byte[] exponent, byte[] modulus, byte[] expected) =>
        Evaluate(() => KeyOp.ModExp(baseValue, exponent, modulus)).Should().Equal(expected);

    [Fact]
    public void Where_there_is_no_inverse_the_errno_is_EDOM()
    {
        using KeyOp op = KeyOp.ModMultInv([6], [9]);

        _device
            .Invoking(device => device.Process(op))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("software: CRK_MOD_MULTINV: EDOM*no inverse*")
            .Which.Errno.Should()
            .Be(LibC.EDOM);
        op.Status.Should().Be(LibC.EDOM);
        Evaluate(() => KeyOp.ModMultInv([6], [1])).Should().Equal(0);
    }

    [Fact]
    public void Parts_of_different_keys_give_no_result()
    {
        // A real key with another inverse of q: what comes out would give the factors away. A toy key would not do: with blinding, one
        // random message in p has halves that agree modulo p, and then the inverse does not matter.
        Dictionary<string, string> key = KeyVectors.Read("rsa.txt").First();
        byte[] inverse = key.Hex("qinverse");
        inverse[^1] ^= 2;
        using KeyOp op = KeyOp.ModExpCrt(key.Hex("p"), key.Hex("q"), [2], key.Hex("dp"), key.Hex("dq"), inverse);

        _device
            .Invoking(device => device.Process(op))
            .Should()
            .Throw<CryptoDevException>()
            .WithMessage("*do not belong together*")
            .Which.Errno.Should()
            .Be(LibC.EINVAL);
        Evaluate(() => KeyOp.ModExpCrt([11], [23], [2], [7], [15], [1])).Should().Equal([0, 62], "its cube is 2 modulo 253");
    }

    /// <summary>
    /// The key of toys: an answer of a formula that leaves with a wrong inverse is wrong in p only, and gives q away.
    /// </summary>
    [Theory]
    [InlineData(new byte[] { 11 }, new byte[] { 23 }, new byte[] { 7 }, new byte[] { 15 }, 1)]
    [InlineData(new byte[] { 3 }, new byte[] { 5 }, new byte[] { 1 }, new byte[] { 1 }, 2)]
    [InlineData(new byte[] { 61 }, new byte[] { 53 }, new byte[] { 53 }, new byte[] { 49 }, 38)]
    public void Of_all_inverses_only_the_right_one_is_taken(byte[] p, byte[] q, byte[] dp, byte[] dq, int right)
    {
        for (int inverse = 0; inverse < 2 * p[0]; inverse++)
        {
            using KeyOp op = KeyOp.ModExpCrt(p, q, [2], dp, dq, [(byte)inverse]);
            using KeyResult result = _device.Process([op])[0];
            result.Status.Should().Be(inverse % p[0] == right ? 0 : LibC.EINVAL, $"inverse {inverse} of {right}");
            op.Status.Should().Be(result.Status);
        }

        // One at a time as well, and parts that claim to be no key are only put into the formula.
        using KeyOp alone = KeyOp.ModExpCrt(p, q, [2], dp, dq, [0]);
        _device.Invoking(device => device.Process(alone)).Should().Throw<CryptoDevException>().WithMessage("*do not belong together*");
        Evaluate(() => KeyOp.ModExpCrt([10], [23], [2], [7], [15], [2])).Should().HaveCount(2);
    }

    /// <summary>What a stranger sent as a signature is never the caller's mistake.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(8192)]
    [InlineData(8193)]
    [InlineData(100_000)]
    public void A_signature_of_any_length_is_good_or_bad(int length)
    {
        byte[] hostile = [.. Enumerable.Repeat((byte)0xFF, length)];
        byte[] padded = [.. new byte[length], 5];
        foreach (
            (byte[] r, byte[] s) in new (byte[], byte[])[]
            {
                (hostile, [10]),
                ([5], hostile),
                (hostile, hostile),
                ([1, .. new byte[length]], [10]),
                ([5], [11, .. new byte[length]]),
            }
        )
        {
            using KeyOp op = KeyOp.DsaVerify([0x50], s_p, s_q, s_g, [18], r, s);
            using KeyResult verdict = _device.Process(op);
            (verdict.IsValid, verdict.Status, verdict.Error).Should().Be((false, LibC.EPERM, (CryptoDevException?)null));
        }

        using KeyOp good = KeyOp.DsaVerify([0x50], s_p, s_q, s_g, [18], padded, [10]);
        using KeyResult taken = _device.Process(good);
        taken.IsValid.Should().BeTrue("zeros at the top are no part of a number");
    }

    [Fact]
    public void A_signature_in_raw_parameters_of_any_length_is_bad_too()
    {
        using KeyOp op = KeyOp.FromParameters(KeyOperation.DsaVerify, [8, 8, 8, 8, 8, 65536, 8], []);
        byte[] operands = [0x50, 23, 11, 4, 18];
        for (int i = 0; i < operands.Length; i++)
        {
            op.GetParameter(i).CopyFrom([operands[i]]);
        }

        op.GetParameter(5).CopyFrom([.. Enumerable.Repeat((byte)0xFF, 65536 / 8)]);
        op.GetParameter(6).CopyFrom([10]);
        using KeyResult verdict = _device.Process([op])[0];
        (verdict.Status, verdict.Error).Should().Be((LibC.EPERM, (CryptoDevException?)null));
    }

    [Fact]
    public void A_group_that_is_none_is_not_signed_with()
    {
        Dictionary<string, string> vector = KeyVectors.Read("dsa.txt").First();
        byte[] q = vector.Hex("q");
        q[^1] += 2;
        using KeyOp op = KeyOp.DsaSign(vector.Hex("digest"), vector.Hex("p"), q, vector.Hex("g"), vector.Hex("x"));

        _device.Invoking(device => device.Process(op)).Should().Throw<CryptoDevException>().Which.Errno.Should().Be(LibC.EINVAL);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(11)]
    public void An_operation_that_does_not_exist_is_refused(int number) =>
        FluentActions
            .Invoking(() => KeyOp.FromParameters((KeyOperation)number, [1], [1]))
            .Should()
            .Throw<ArgumentOutOfRangeException>()
            .WithMessage("*11 operations*");

    [Fact]
    public void Counts_of_parameters_are_exact()
    {
        foreach (KeyOperation operation in Enum.GetValues<KeyOperation>())
        {
            using KeyOp op = KeyOp.FromParameters(operation, new int[InputsOf(operation)], new int[OutputsOf(operation)]);
            (op.InputCount + op.OutputCount).Should().BeLessThanOrEqualTo(KeyOp.MaxParameters);
            foreach (int wrong in new[] { -1, 1 })
            {
                FluentActions
                    .Invoking(() => KeyOp.FromParameters(operation, new int[InputsOf(operation) + wrong], new int[OutputsOf(operation)]))
                    .Should()
                    .Throw<ArgumentException>()
                    .WithMessage("*operands*")
                    .Which.ParamName.Should()
                    .Be("inputBits");
            }

            FluentActions
                .Invoking(() => KeyOp.FromParameters(operation, new int[InputsOf(operation)], new int[OutputsOf(operation) + 1]))
                .Should()
                .Throw<ArgumentException>()
                .WithMessage("*results*")
                .Which.ParamName.Should()
                .Be("outputBits");
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65537)]
    [InlineData(int.MaxValue)]
    public void Counts_of_bits_have_a_limit(int bits)
    {
        FluentActions
            .Invoking(() => KeyOp.FromParameters(KeyOperation.Mod, [bits, 8], [8]))
            .Should()
            .Throw<ArgumentOutOfRangeException>()
            .WithMessage("a:*65536*");
        FluentActions
            .Invoking(() => KeyOp.FromParameters(KeyOperation.Mod, [8, 8], [bits]))
            .Should()
            .Throw<ArgumentOutOfRangeException>()
            .WithMessage("result:*65536*");
    }

    [Fact]
    public void Raw_operands_are_checked_when_processed_and_may_be_corrected()
    {
        using KeyOp op = KeyOp.FromParameters(KeyOperation.Mod, [65536, 16], [8]);
        op.GetParameter(0).CopyFrom([.. new byte[2048], 1]);
        op.GetParameter(1).CopyFrom([200]);
        _device
            .Invoking(device => device.Process(op))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("a has 16385 bits*")
            .Which.ParamName.Should()
            .Be("a");
        op.GetParameter(0).CopyFrom([255]);
        op.GetParameter(1).CopyFrom([200, 1]);
        _device
            .Invoking(device => device.Process(op))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("result has room for 8 bits*9*")
            .Which.ParamName.Should()
            .Be("result");
        op.GetParameter(1).CopyFrom([200]);
        using KeyResult result = _device.Process(op);

        result.ToArray().Should().Equal(55);
        op.GetParameter(2).ToArray().Should().Equal(55);
        op.GetParameter(2).Name.Should().Be("result");
        op.Invoking(one => one.GetParameter(3)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Bits_of_the_top_byte_above_the_count_belong_to_the_number()
    {
        using KeyOp op = KeyOp.FromParameters(KeyOperation.Mod, [3, 8], [8]);
        op.GetParameter(0).CopyFrom([0xFF]);
        op.GetParameter(1).CopyFrom([200]);
        using KeyResult result = _device.Process(op);

        result.ToArray().Should().Equal(55);
    }

    [Fact]
    public void An_operation_runs_once()
    {
        using KeyOp op = KeyOp.Mod([9], [7]);
        _device.Process(op).Dispose();

        _device.Invoking(device => device.Process(op)).Should().Throw<InvalidOperationException>().WithMessage("*has run*");
        _device.Invoking(device => device.Process([op])).Should().Throw<InvalidOperationException>().WithMessage("*has run*");
    }

    [Fact]
    public void Disposed_things_are_refused()
    {
        KeyOp op = KeyOp.Mod([9], [7]);
        op.Dispose();
        _device.Invoking(device => device.Process(op)).Should().Throw<ObjectDisposedException>();
        _device.Invoking(device => device.Process([op])).Should().Throw<ObjectDisposedException>();
        op.Invoking(one => one.GetParameter(0)).Should().Throw<ObjectDisposedException>();

        using KeyOp other = KeyOp.Mod([9], [7]);
        KeyResult result = _device.Process(other);
        result.Dispose();
        FluentActions.Invoking(() => result.GetLength()).Should().Throw<ObjectDisposedException>();

        CryptoDevice closed = CryptoDevice.Open();
        closed.Dispose();
        using KeyOp third = KeyOp.Mod([9], [7]);
        closed.Invoking(device => device.Process(third)).Should().Throw<ObjectDisposedException>();
        closed.Invoking(device => device.GetKeyFeatures()).Should().Throw<ObjectDisposedException>();
        _device.Process(third).Dispose();
    }

    [Fact]
    public void A_verdict_has_no_output()
    {
        using KeyOp op = KeyOp.DsaVerify([1], s_p, s_q, s_g, [18], [1], [1]);
        using KeyResult verdict = _device.Process(op);

        verdict.IsValid.Should().BeFalse();
        verdict.Status.Should().Be(LibC.EPERM);
        FluentActions.Invoking(() => verdict.GetLength()).Should().Throw<InvalidOperationException>().WithMessage("*IsValid*");
    }

    [Fact]
    public void No_number_is_printed()
    {
        using KeyOp op = KeyOp.Mod([0x1E, 0x61], [0xFF, 0xFF]);
        using KeyResult result = _device.Process(op);

        $"{op} {result}".Should().Be("Mod (a: 13 bits, modulus: 16 bits) Mod by software: done");
    }

    private static int InputsOf(KeyOperation operation) =>
        operation switch
        {
            KeyOperation.ModExpCrt => 6,
            KeyOperation.DsaSign => 5,
            KeyOperation.DsaVerify => 7,
            KeyOperation.ModAddInv or KeyOperation.ModMultInv or KeyOperation.Mod => 2,
            _ => 3,
        };

    private static int OutputsOf(KeyOperation operation) =>
        operation switch
        {
            KeyOperation.DsaSign => 2,
            KeyOperation.DsaVerify => 0,
            _ => 1,
        };

    private byte[] Evaluate(Func<KeyOp> build)
    {
        using KeyOp op = build();
        using KeyResult result = _device.Process(op);
        return result.ToArray();
    }
}
