using System.Runtime.CompilerServices;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.KeyOps;

/// <summary>Numbers are copied in and out: nothing that a caller holds lies over memory that somebody else frees.</summary>
[Collection(KeyOpLifetimeCollection.Name)]
public sealed class KeyResultTests
{
    private static readonly CryptoDeviceOptions s_software = new() { Policy = DriverPolicy.SoftwareOnly };

    [Fact]
    public void No_public_type_but_the_operation_on_the_callers_own_spans_hands_out_memory()
    {
        Type[] ofTheCaller = [typeof(CryptOp), typeof(CryptRequest), typeof(InputBytes), typeof(InputMemory)];
        IEnumerable<string> bare = typeof(KeyResult)
            .Assembly.GetExportedTypes()
            .Where(type => !ofTheCaller.Contains(type))
            .SelectMany(type => type.GetMethods())
            .Where(method => IsMemory(method.ReturnType))
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}");
        bare.Should().BeEmpty();

        static bool IsMemory(Type type) =>
            type.IsPointer
            || (
                type.IsGenericType
                && (
                    type.GetGenericTypeDefinition() == typeof(Span<>)
                    || type.GetGenericTypeDefinition() == typeof(ReadOnlySpan<>)
                    || type.GetGenericTypeDefinition() == typeof(Memory<>)
                    || type.GetGenericTypeDefinition() == typeof(ReadOnlyMemory<>)
                )
            );
    }

    [Fact]
    public void Copies_stay_good_when_their_owner_is_forgotten()
    {
        using CryptoDevice device = CryptoDevice.Open(s_software);
        byte[] number = Power(device);
        KeyParameter operand = Forgotten();
        Settle();
        number.Should().Equal(0x01, 0xBD);
        operand.CopyFrom([0x41]);
        operand.ToArray().Should().Equal([0x41], "a parameter keeps its operation");
    }

    [Fact]
    public void Results_are_copied_to_where_the_caller_wants_them()
    {
        using CryptoDevice device = CryptoDevice.Open(s_software);
        using KeyOp op = KeyOp.ModExp([4], [13], [0x01, 0xF1]);
        KeyResult result = device.Process(op);
        result.GetLength().Should().Be(2);
        byte[] room = [9, 9, 9];
        result.CopyTo(0, room).Should().Be(2);
        room.Should().Equal(0x01, 0xBD, 9);
        result.TryWrite(0, room.AsSpan(0, 1), out int written).Should().BeFalse();
        (written, room[0]).Should().Be((0, (byte)1));
        result.Invoking(one => one.CopyTo(0, new byte[1])).Should().Throw<ArgumentException>().WithParameterName("destination");
        result.Invoking(one => one.ToArray(1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("index");
        result.Dispose();
        result.Invoking(one => one.TryWrite(0, new byte[2], out _)).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void An_operand_is_copied_in_until_the_operation_has_begun()
    {
        using CryptoDevice device = CryptoDevice.Open(s_software);
        using KeyOp op = KeyOp.FromParameters(KeyOperation.Mod, [16, 8], [8]);
        KeyParameter a = op.GetParameter(0);
        (a.Name, a.Bits, a.Length).Should().Be(("a", 16, 2));
        a.CopyFrom([1, 2]);
        a.CopyFrom([9]);
        a.ToArray().Should().Equal([9, 0], "a shorter one is followed by zeros");
        a.Invoking(one => one.CopyFrom(new byte[3])).Should().Throw<ArgumentException>().WithParameterName("source");
        a.Invoking(one => one.CopyTo(new byte[1])).Should().Throw<ArgumentException>().WithParameterName("destination");
        op.GetParameter(1).CopyFrom([7]);
        op.GetParameter(2).Invoking(one => one.CopyFrom([1])).Should().Throw<InvalidOperationException>();
        device.Process(op).Dispose();
        op.GetParameter(2).ToArray().Should().Equal(2);
        a.Invoking(one => one.CopyFrom([1])).Should().Throw<InvalidOperationException>("what was checked stays as it is");
        op.Dispose();
        a.Invoking(one => one.ToArray()).Should().Throw<ObjectDisposedException>();
        FluentActions.Invoking(() => default(KeyParameter).Bits).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void What_is_forgotten_gives_its_memory_back()
    {
        using CryptoDevice device = CryptoDevice.Open(s_software);
        Settle();
        long before = SecureArena.Living;
        Forget(device, 100);
        for (int i = 0; i < 100 && SecureArena.Living > before; i++)
        {
            Settle();
        }

        SecureArena.Living.Should().BeLessThanOrEqualTo(before);
    }

    [Fact]
    public async Task A_result_that_is_read_while_it_is_disposed_is_whole_or_refused()
    {
        // 2 KiB, so that copying takes long enough to be met in the middle.
        byte[] modulus = [.. Enumerable.Repeat((byte)0xFF, 2048)];
        byte[] number = [.. Enumerable.Repeat((byte)0xA5, 2048)];
        using CryptoDevice device = CryptoDevice.Open(s_software);
        int torn = 0;
        for (int round = 0; round < 3000; round++)
        {
            using KeyOp op = KeyOp.Mod(number, modulus);
            KeyResult result = device.Process(op);
            using Barrier together = new(2);
            Task disposal = Task.Run(() =>
            {
                together.SignalAndWait();
                result.Dispose();
            });
            together.SignalAndWait();
            try
            {
                torn += result.ToArray().AsSpan().SequenceEqual(number) ? 0 : 1;
            }
            catch (ObjectDisposedException)
            {
                // Refused.
            }

            await disposal;
        }

        torn.Should().Be(0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte[] Power(CryptoDevice device) => device.Process(KeyOp.ModExp([4], [13], [0x01, 0xF1])).ToArray();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static KeyParameter Forgotten() => KeyOp.FromParameters(KeyOperation.ModExp, [8, 8, 8], [8]).GetParameter(0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(CryptoDevice device, int count)
    {
        for (int i = 0; i < count; i++)
        {
            device.Process(KeyOp.ModExp([4], [13], [0x01, 0xF1])).Status.Should().Be(0);
            new CryptoKey([1, 2, 3]).Length.Should().Be(3);
        }
    }

    private static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
