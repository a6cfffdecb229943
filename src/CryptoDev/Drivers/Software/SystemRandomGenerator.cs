using System.Security.Cryptography;

namespace CryptoDev.Drivers.Software;

/// <summary>The system's generator.</summary>
internal sealed class SystemRandomGenerator : RandomGenerator
{
    public override string Name => SoftwareDriver.Name;

    public override void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);

    public override void Dispose()
    {
        // The system's generator must not be freed.
    }
}
