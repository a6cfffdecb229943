using System.Runtime.InteropServices;
using CryptoDev.Native;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Native;

public sealed unsafe class UninterruptedTests
{
    [ThreadStatic]
    private static int s_calls;

    [Theory]
    [InlineData(3, LibC.EINTR, 42, 4)]
    [InlineData(0, LibC.EINTR, 0, 1)]
    [InlineData(1, LibC.EAGAIN, -1, 1)]
    [InlineData(1, LibC.ECONNRESET, -1, 1)]
    public void A_call_is_made_again_only_after_a_signal(int failures, int errno, int expected, int calls)
    {
        s_calls = 0;
        Uninterrupted.Repeat(&Fail, failures, errno, 42, 0).Should().Be(failures == 0 ? 42 : expected);
        s_calls.Should().Be(calls);
    }

    [Fact]
    public void A_result_is_not_taken_for_an_error_whatever_errno_says()
    {
        s_calls = 0;
        Marshal.SetLastSystemError(LibC.EINTR);
        Uninterrupted.Repeat(&Fail, 0, 0, 0, 0).Should().Be(0);
        s_calls.Should().Be(1);
    }

    [Fact]
    public void A_wait_without_events_ends_with_its_time_and_a_ready_one_at_once()
    {
        using EventDescriptor raised = EventDescriptor.Create()!;
        pollfd entry = new() { fd = raised.Descriptor, events = LibC.POLLIN };
        Uninterrupted.Poll(&entry, 1, 20).Should().Be(0);
        raised.Raise();
        Uninterrupted.Poll(&entry, 1, -1).Should().Be(1);
        Uninterrupted.Poll(&entry, 1, 0).Should().Be(1);
    }

    /// <summary>Fails as often as its first argument says, with the errno of the second; then the third is its result.</summary>
    private static nint Fail(nint failures, nint errno, nint result, nint unused)
    {
        if (s_calls++ >= failures)
        {
            // As libc does: a call that succeeds leaves the errno of the one before.
            return result;
        }

        Marshal.SetLastSystemError((int)errno);
        return -1;
    }
}
