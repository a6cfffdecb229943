namespace CryptoDev.Native;

/// <summary>Whether the other end of a socket is closed.</summary>
internal static unsafe class HangUp
{
    public static bool Has(int socket)
    {
        pollfd state = new() { fd = socket };

        // SAFETY: the one entry lies on the stack over the call.
        return LibC.poll(&state, 1, 0) == 1 && (state.revents & (LibC.POLLHUP | LibC.POLLERR)) != 0;
    }
}
