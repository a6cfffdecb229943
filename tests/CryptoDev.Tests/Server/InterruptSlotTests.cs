using CryptoDev.Server.Cuse;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Server;

public sealed class InterruptSlotTests
{
    [Fact]
    public void A_signal_hits_the_request_it_is_for_and_no_later_one()
    {
        InterruptSlot slot = new();
        CancellationToken first = slot.Begin(7);
        slot.Interrupt(8).Should().BeFalse();
        first.IsCancellationRequested.Should().BeFalse();
        slot.End();
        slot.Interrupt(7).Should().BeFalse("it has ended");
        first.IsCancellationRequested.Should().BeFalse();

        CancellationToken second = slot.Begin(9);
        slot.Interrupt(9).Should().BeTrue();
        second.IsCancellationRequested.Should().BeTrue();
        slot.End();
        slot.Begin(11).IsCancellationRequested.Should().BeFalse("a new request starts afresh");
    }

    [Fact]
    public void A_request_that_is_sent_again_is_found_under_its_new_number()
    {
        InterruptSlot slot = new();
        CancellationToken token = slot.Begin(7);
        slot.Move(12);
        slot.Interrupt(7).Should().BeFalse();
        slot.Interrupt(12).Should().BeTrue();
        token.IsCancellationRequested.Should().BeTrue();
    }

    [Fact]
    public void Nothing_at_work_is_not_interrupted()
    {
        InterruptSlot slot = new();
        slot.Interrupt(0).Should().BeFalse();
        slot.InterruptAny();
        slot.Begin(3).IsCancellationRequested.Should().BeFalse();
    }
}
