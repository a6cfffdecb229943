namespace CryptoDev.Drivers;

/// <summary>A context that holds nothing but the counters.</summary>
internal sealed class CountingContext : RentedContext
{
    public override void Dispose()
    {
        // Nothing but counters.
    }
}
