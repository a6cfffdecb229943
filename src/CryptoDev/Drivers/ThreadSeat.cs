namespace CryptoDev.Drivers;

/// <summary>
/// Which slot of a pool this thread looks into first. All threads begin with the same one; a thread that finds it taken moves to another
/// and stays there, so that threads which run at once soon have a slot each.
/// </summary>
internal static class ThreadSeat
{
    [ThreadStatic]
    private static int s_number;

    public static ref int Number => ref s_number;
}
