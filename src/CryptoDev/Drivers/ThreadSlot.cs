namespace CryptoDev.Drivers;

/// <summary>
/// The number of the pool slot that this thread tries first. All threads begin with the same slot. A thread that finds its slot taken moves
/// to another and stays there. So threads that run at the same time soon have a slot each.
/// </summary>
internal static class ThreadSlot
{
    [ThreadStatic]
    private static int s_number;

    public static ref int Number => ref s_number;
}
