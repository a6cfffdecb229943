using CryptoDev.Dialects;
using CryptoDev.Ioctl;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Dialects;

/// <summary>CIOCKEY decoded: numbers, counts, limits, and the structs both ways.</summary>
public sealed class KeyCallTests
{
    [Fact]
    public void Numbers_and_counts_are_the_kernels()
    {
        (uint, string, KeyOperation, int, int)[] classic =
        [
            (OpenBsd.CRK_MOD_EXP, nameof(OpenBsd.CRK_MOD_EXP), KeyOperation.ModExp, 3, 1),
            (OpenBsd.CRK_MOD_EXP_CRT, nameof(OpenBsd.CRK_MOD_EXP_CRT), KeyOperation.ModExpCrt, 6, 1),
            (OpenBsd.CRK_DSA_SIGN, nameof(OpenBsd.CRK_DSA_SIGN), KeyOperation.DsaSign, 5, 2),
            (OpenBsd.CRK_DSA_VERIFY, nameof(OpenBsd.CRK_DSA_VERIFY), KeyOperation.DsaVerify, 7, 0),
            (OpenBsd.CRK_DH_COMPUTE_KEY, nameof(OpenBsd.CRK_DH_COMPUTE_KEY), KeyOperation.DhComputeKey, 3, 1),
        ];
        (uint, string, KeyOperation, int, int)[] modular =
        [
            (NetBsd.CRK_MOD_ADD, nameof(NetBsd.CRK_MOD_ADD), KeyOperation.ModAdd, 3, 1),
            (NetBsd.CRK_MOD_ADDINV, nameof(NetBsd.CRK_MOD_ADDINV), KeyOperation.ModAddInv, 2, 1),
            (NetBsd.CRK_MOD_SUB, nameof(NetBsd.CRK_MOD_SUB), KeyOperation.ModSub, 3, 1),
            (NetBsd.CRK_MOD_MULT, nameof(NetBsd.CRK_MOD_MULT), KeyOperation.ModMult, 3, 1),
            (NetBsd.CRK_MOD_MULTINV, nameof(NetBsd.CRK_MOD_MULTINV), KeyOperation.ModMultInv, 2, 1),
            (NetBsd.CRK_MOD, nameof(NetBsd.CRK_MOD), KeyOperation.Mod, 2, 1),
        ];

        Rows(FreeBsdCodec.Release14).Should().Equal(classic);
        Rows(OpenBsdCodec.Year2014).Should().Equal(classic);
        Rows(CryptodevLinuxCodec.Instance).Should().Equal(classic);
        Rows(NetBsdCodec.Release10).Should().Equal([.. classic, .. modular]);
        foreach (KeyOperation function in Enum.GetValues<KeyOperation>())
        {
            NetBsdCodec.Release10.KeyOperations.Find(function)!.Function.Should().Be(function);
        }
    }

    [Fact]
    public void Counts_are_checked_exactly_and_too_many_first()
    {
        foreach (DialectCodec codec in new DialectCodec[] { NetBsdCodec.Release10, FreeBsdCodec.Release12, OpenBsdCodec.Year2014 })
        {
            KeyNumberTable table = codec.KeyOperations;
            foreach (KeyOperationNumber row in table.Rows)
            {
                table
                    .Check(
                        new KeyCall
                        {
                            Operation = row.Id,
                            InputCount = row.Inputs,
                            OutputCount = row.Outputs,
                        }
                    )
                    .Should()
                    .Be(0);
                table
                    .Check(
                        new KeyCall
                        {
                            Operation = row.Id,
                            InputCount = row.Inputs + 1,
                            OutputCount = row.Outputs,
                        }
                    )
                    .Should()
                    .Be(row.Inputs + row.Outputs == 8 ? LibC.EFBIG : LibC.EINVAL);
                table
                    .Check(
                        new KeyCall
                        {
                            Operation = row.Id,
                            InputCount = row.Inputs - 1,
                            OutputCount = row.Outputs + 1,
                        }
                    )
                    .Should()
                    .Be(LibC.EINVAL);
            }

            table.Check(new KeyCall { Operation = 99, InputCount = 9 }).Should().Be(LibC.EFBIG);
            table
                .Check(
                    new KeyCall
                    {
                        Operation = 99,
                        InputCount = 3,
                        OutputCount = 1,
                    }
                )
                .Should()
                .Be(LibC.EINVAL);
        }

        OpenBsdCodec
            .Year2014.KeyOperations.Check(
                new KeyCall
                {
                    Operation = NetBsd.CRK_MOD,
                    InputCount = 2,
                    OutputCount = 1,
                }
            )
            .Should()
            .Be(LibC.EINVAL);
    }

    [Fact]
    public void Unused_slots_count_for_the_limit_on_bits()
    {
        KeyCall call = new()
        {
            Operation = 0,
            InputCount = 3,
            OutputCount = 1,
        };
        call.Parameters[7] = new KeySlot(0, 65537);
        FreeBsdCodec.Release12.KeyOperations.Check(call).Should().Be(LibC.EINVAL);
        OpenBsdCodec.Year2014.KeyOperations.Check(call).Should().Be(LibC.EINVAL);
        OpenBsdCodec.Year2002.KeyOperations.Check(call).Should().Be(0, "it came later");
        NetBsdCodec.Release10.KeyOperations.Check(call).Should().Be(0, "r1.84 has no limit");
        call.Parameters[7] = new KeySlot(0, 65536);
        FreeBsdCodec.Release12.KeyOperations.Check(call).Should().Be(0);
        call.Parameters[0] = new KeySlot(0, uint.MaxValue);
        NetBsdCodec.Release10.KeyOperations.Check(call).Should().Be(LibC.EINVAL, "our own bound");
    }

    [Fact]
    public void Bits_round_up_to_bytes()
    {
        new KeySlot(0, 0).Length.Should().Be(0);
        new KeySlot(0, 1).Length.Should().Be(1);
        new KeySlot(0, 8).Length.Should().Be(1);
        new KeySlot(0, 9).Length.Should().Be(2);
        new KeySlot(0, uint.MaxValue).Length.Should().Be(1 << 29);
    }

    [Theory]
    [InlineData(WordSize.LP64)]
    [InlineData(WordSize.ILP32)]
    public void A_key_call_becomes_bytes_and_the_same_call_again(WordSize wordSize)
    {
        KeyCall call = new()
        {
            Operation = 1,
            Status = 3,
            InputCount = 6,
            OutputCount = 1,
        };
        for (int i = 0; i < KeySlots.Count; i++)
        {
            call.Parameters[i] = new KeySlot(0x1000 + (i * 16), (uint)(100 + i));
        }

        Same(NetBsdCodec.Decode(Through(NetBsdTable.CryptKop, NetBsdCodec.Encode(call), wordSize)), call);
        Same(OpenBsdCodec.Decode(Through(OpenBsdTable.CryptKop, OpenBsdCodec.Encode(call), wordSize)), call);
        Same(CryptodevLinuxCodec.Decode(Through(CryptodevLinuxTable.CryptKop, CryptodevLinuxCodec.Encode(call), wordSize)), call);
        call.Driver = new DriverChoice(true, true, 0);
        Same(FreeBsdCodec.Decode(Through(FreeBsdTable.CryptKop, FreeBsdCodec.Encode(call), wordSize)), call);
        call.Driver = default;
        call.RequestId = 5;
        call.Cookie = 0x7777;
        Same(NetBsdCodec.Decode(Through(NetBsdTable.CryptNKop, NetBsdCodec.EncodeElement(call), wordSize)), call);
    }

    private static T Through<T>(StructCodec<T> codec, T value, WordSize wordSize)
        where T : unmanaged
    {
        byte[] bytes = new byte[codec.Size(wordSize)];
        codec.Encode(value, bytes, wordSize);
        return codec.Decode(bytes, wordSize);
    }

    private static void Same(KeyCall actual, KeyCall expected)
    {
        (actual.Operation, actual.Status, actual.InputCount, actual.OutputCount, actual.Driver, actual.RequestId, actual.Cookie)
            .Should()
            .Be(
                (
                    expected.Operation,
                    expected.Status,
                    expected.InputCount,
                    expected.OutputCount,
                    expected.Driver,
                    expected.RequestId,
                    expected.Cookie
                )
            );
        ((ReadOnlySpan<KeySlot>)actual.Parameters).ToArray().Should().Equal(((ReadOnlySpan<KeySlot>)expected.Parameters).ToArray());
    }

    private static IEnumerable<(uint, string, KeyOperation, int, int)> Rows(DialectCodec codec) =>
        codec.KeyOperations.Rows.Select(row => (row.Id, row.Name, row.Function, row.Inputs, row.Outputs));
}
