using CryptoDev.Server.Socket;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Server;

/// <summary>Who gets how much of what all share.</summary>
public sealed class UserCountsTests
{
    private const uint Own = 7;

    private readonly UserCounts _users = new(
        Own,
        new Dictionary<UserResource, UserBound> { [UserResource.Channels] = new(40, 64), [UserResource.Memory] = new(10, 10) }
    );

    [Fact]
    public void One_user_has_a_bound_and_all_leave_some_for_root_and_the_servers_own()
    {
        Take(1, 40).Should().BeTrue();
        Take(1, 1).Should().BeFalse("it is the most for one");
        Take(2, 21).Should().BeFalse("a refused amount is not taken in part");
        Take(2, 20).Should().BeTrue();
        Take(3, 1).Should().BeFalse("the last sixteenth is kept");
        Take(Own, 2).Should().BeTrue();
        Take(0, 2).Should().BeTrue();
        Take(0, 1).Should().BeFalse("there is no more");
        _users.Taken(2, UserResource.Channels).Should().Be(20);
        _users.Taken(2, UserResource.Memory).Should().Be(0);
    }

    [Fact]
    public void What_is_given_back_is_there_again()
    {
        Take(1, 40).Should().BeTrue();
        Take(1, 40).Should().BeFalse();
        _users.GiveBack(1, UserResource.Channels, 40);
        Take(1, 40).Should().BeTrue();
    }

    private bool Take(uint user, long count) => _users.TryTake(user, UserResource.Channels, count);
}
