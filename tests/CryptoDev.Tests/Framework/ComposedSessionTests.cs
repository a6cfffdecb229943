using CryptoDev.Drivers;
using CryptoDev.Framework;
using FluentAssertions;
using Xunit;

namespace CryptoDev.Tests.Framework;

/// <summary>What a session built from others says it is.</summary>
public sealed class ComposedSessionTests
{
    [Theory]
    [InlineData(DriverKind.Hardware, DriverKind.Generic, DriverKind.Generic)]
    [InlineData(DriverKind.Generic, DriverKind.Hardware, DriverKind.Generic)]
    [InlineData(DriverKind.Hardware, DriverKind.Hardware, DriverKind.Hardware)]
    public void A_composed_session_is_as_much_hardware_as_its_least_part(DriverKind first, DriverKind second, DriverKind expected)
    {
        using FakeSession cipher = new("card", first);
        using FakeSession mac = new("card", second);
        DriverSession[] composed = [new CipherAndMacSession(cipher, mac, MacOrder.MacCiphertext, 16), new ChainSession([cipher, mac])];

        composed.Should().AllSatisfy(session => session.Driver.Should().BeEquivalentTo(new { Name = "card", Kind = expected }));
    }
}
