namespace CryptoDev.Drivers;

/// <summary>A context that holds only counters.</summary>
internal sealed class CountingContext : RentedContext
{
    public override void Dispose()
    {
        // It holds only counters.
    }
}
