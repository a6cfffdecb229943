namespace CryptoDev.Conformance.Support;

/// <summary>What an operation leaves behind on the managed heap.</summary>
internal static class Allocation
{
    /// <summary>Operations per measurement.</summary>
    public const int Operations = 500;

    // A busy machine compiles for good late.
    private const int Attempts = 200;

    /// <summary>
    /// Bytes that this thread allocates for <see cref="Operations"/> of them once the code is compiled for good; the first tier boxes what
    /// the last does not.
    /// </summary>
    public static long Of(Action once)
    {
        long allocated = 0;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Operations; i++)
            {
                once();
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated == 0)
            {
                return 0;
            }

            Thread.Sleep(50);
        }

        return allocated;
    }
}
