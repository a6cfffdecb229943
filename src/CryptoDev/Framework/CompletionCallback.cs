using System.Diagnostics;

namespace CryptoDev.Framework;

/// <summary>Calls a request's <see cref="CryptRequest.Completed"/> on a worker, where no caller can catch an exception.</summary>
internal static class CompletionCallback
{
    /// <summary>
    /// Calls it once. An exception is reported once: to <see cref="CryptRequest.CallbackFailed"/>, otherwise to the trace.
    /// </summary>
    public static void Call(Action<CryptRequest>? completed, CryptRequest request)
    {
        try
        {
            completed?.Invoke(request);
        }
        catch (Exception thrown)
        {
            // The exception comes from the callback and is reported. Unhandled, it would end the process.
            Report(request, thrown);
        }
    }

    private static void Report(CryptRequest request, Exception thrown)
    {
        try
        {
            if (!CryptRequest.TryReport(request, thrown))
            {
                Trace.TraceError($"CryptoDev: CryptRequest.Completed threw: {thrown}");
            }
        }
        catch (Exception second)
        {
            Trace.TraceError($"CryptoDev: a handler of CryptRequest.CallbackFailed threw: {second} while it was told of: {thrown}");
        }
    }
}
