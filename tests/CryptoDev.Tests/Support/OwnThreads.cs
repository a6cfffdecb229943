namespace CryptoDev.Tests.Support;

/// <summary>
/// Threads of a test. An exception on a thread would end the process of all tests without a name; here it fails the test that started it.
/// </summary>
internal static class OwnThreads
{
    /// <summary>Runs the work on as many threads at once, each with its number, and waits for all.</summary>
    /// <exception cref="AggregateException">What the threads threw.</exception>
    public static void Run(int count, Action<int> work)
    {
        Task[] all = [.. Enumerable.Range(0, count).Select(number => Start(() => work(number)))];
        Task.WaitAll(all);
    }

    /// <summary>Starts the work on a thread of its own. Whoever waits for the task gets what it threw.</summary>
    public static Task Start(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
