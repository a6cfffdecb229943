using System.Runtime.InteropServices;
using CryptoDev.Native;
using Xunit;

namespace CryptoDev.Tests.Server;

/// <summary>Code that runs as another user, on a thread of its own: the kernel keeps credentials per thread.</summary>
internal static partial class OtherUser
{
    /// <summary>A user without rights of any kind.</summary>
    public const uint Nobody = 65534;

    /// <summary>Runs it as that user; only root can.</summary>
    public static T Run<T>(uint user, Func<T> work)
    {
        T? result = default;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                // libc's own function would change all threads.
                if (syscall(SetUsers, user, user, user) != 0)
                {
                    throw new InvalidOperationException(Errno.Last().ToString());
                }

                result = work();
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new InvalidOperationException(failure.Message, failure);
    }

    private static nint SetUsers => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 117 : 147;

    [LibraryImport("libc")]
    private static partial nint syscall(nint number, uint real, uint effective, uint saved);
}

/// <summary>A test that needs root, to become somebody else.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    /// <summary>Makes one.</summary>
    public RootFactAttribute()
    {
        if (LibC.geteuid() != 0)
        {
            Skip = "only root can become another user";
        }
    }
}
