using System.Globalization;
using CryptoDev.Ioctl;
using CryptoDev.Server;

namespace CryptoDev.Cli.Serve;

/// <summary>Writes the server's messages to stderr.</summary>
internal sealed class ServeReport(LineQueue lines)
{
    public void Line(string text) => lines.Add(text);

    /// <summary>Writes one ioctl, without any of its data.</summary>
    public void Trace(IoctlTrace trace) =>
        Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"file {trace.FileId} {trace.Name ?? "unknown"} 0x{trace.Request:x8} {(trace.Errno == 0 ? "ok" : trace.ErrnoName)} "
                    + $"{trace.ByteCount} bytes {trace.Driver ?? "-"} {trace.Elapsed.TotalMicroseconds:F1} us"
            )
        );

    /// <summary>Writes all counters, one per line, as <c>counter NAME VALUE</c>.</summary>
    public void Counters(EmulatorStatistics statistics, IEnumerable<IFrontEnd> frontEnds)
    {
        List<string> counters =
        [
            Counter("files-open", statistics.OpenFiles),
            Counter("files-opened", statistics.Opens),
            Counter("sessions-open", statistics.OpenSessions),
            Counter("sessions-created", statistics.Sessions),
            Counter("requests-in-flight", statistics.RequestsInFlight),
            Counter("bytes-in-flight", statistics.BytesInFlight),
            Counter("keys-running", statistics.KeyOperationsRunning),
            Counter("keys-waiting", statistics.KeyOperationsWaiting),
            Counter("bytes", statistics.Bytes),
            Counter("errors", statistics.Errors),
            .. statistics.Ioctls.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => Counter($"ioctl {pair.Key}", pair.Value)),
            .. statistics
                .Drivers.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => Counter($"driver {pair.Key}", pair.Value)),
            .. frontEnds.SelectMany(frontEnd =>
                frontEnd.Counters.Select(counter => Counter($"{frontEnd.Name} {counter.Name}", counter.Value))
            ),
            "counters end",
        ];
        Line(string.Join(Environment.NewLine, counters));
    }

    private static string Counter(string name, long value) => string.Create(CultureInfo.InvariantCulture, $"counter {name} {value}");
}
