using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CryptoDev.Benchmarks.Comparison;

/// <summary>The heading of a table.</summary>
/// <param name="Name">The comparison.</param>
/// <param name="Kind">The direction of its ratios.</param>
/// <param name="Clock">The clock that measured the blocks.</param>
/// <param name="SizeUnit">The unit of the sizes.</param>
/// <param name="Contenders">The two sides.</param>
/// <param name="Blocks">The number of blocks per side.</param>
internal sealed record ReportHead(string Name, RatioKind Kind, BlockClock Clock, string SizeUnit, string Contenders, int Blocks);

/// <summary>A comparison as programs read it.</summary>
/// <param name="Name">The comparison.</param>
/// <param name="Ratio">The direction of its ratios.</param>
/// <param name="Contenders">The two sides.</param>
/// <param name="Machine">Where it ran.</param>
/// <param name="Blocks">The number of blocks per side.</param>
/// <param name="Rows">One row per operation and size.</param>
internal sealed record JsonReport(
    string Name,
    string Ratio,
    string Contenders,
    string Machine,
    int Blocks,
    IReadOnlyList<ComparisonRow> Rows
);

/// <summary>Made by the compiler, because a NativeAOT build cannot look at types while it runs.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JsonReport))]
internal sealed partial class JsonReportContext : JsonSerializerContext;

/// <summary>Writes a comparison as a Markdown table, which is also readable on a terminal, or as JSON.</summary>
internal static class ReportWriter
{
    public static void WriteMarkdown(TextWriter output, ReportHead head, IReadOnlyList<ComparisonRow> rows)
    {
        string kind = head.Kind == RatioKind.Speed ? "speed (ours over theirs, more is better)" : "time (ours over theirs, less is better)";
        output.WriteLine(
            $"{head.Name}: {head.Contenders}. {Machine()}. Medians of {head.Blocks} interleaved blocks by "
                + $"{(head.Clock == BlockClock.Wall ? "wall clock" : "thread processor time")}; {kind}."
        );
        output.WriteLine();
        string[] heads =
        [
            "operation",
            head.SizeUnit,
            "ours ns",
            "theirs ns",
            "ratio of medians",
            "median ratio",
            "middle half",
            "promised",
            "allocated",
        ];
        WriteTable(output, heads, [.. rows.Select(Cells)]);
    }

    /// <summary>Writes a table of <see cref="Scaling.ScalingComparison"/>.</summary>
    public static void WriteMarkdown(TextWriter output, int threads, int blocks, IReadOnlyList<Scaling.ScalingRow> rows)
    {
        output.WriteLine(
            $"scaling: {threads} threads. {Machine()}{(RuntimeFeature.IsDynamicCodeSupported ? "" : ", NativeAOT")}. Medians of {blocks} "
                + "interleaved blocks by wall clock."
        );
        output.WriteLine();
        WriteTable(
            output,
            ["operation", "who", "bytes", "one thread ns", $"work of {threads} over work of one", "middle half"],
            [
                .. rows.Select(row =>
                    new[]
                    {
                        row.Operation.Name,
                        row.Side,
                        row.Size.ToString(CultureInfo.InvariantCulture),
                        row.Nanoseconds.ToString("F1", CultureInfo.InvariantCulture),
                        row.Scaling.ToString("F3", CultureInfo.InvariantCulture),
                        string.Create(CultureInfo.InvariantCulture, $"{row.LowerQuartile:F3}..{row.UpperQuartile:F3}"),
                    }
                ),
            ]
        );
    }

    private static void WriteTable(TextWriter output, string[] heads, List<string[]> cells)
    {
        int[] widths = [.. heads.Select((title, column) => Math.Max(title.Length, cells.Max(row => row[column].Length)))];
        WriteLine(output, heads, widths);
        output.WriteLine(
            "|"
                + string.Join(
                    "|",
                    widths.Select((width, column) => column == 0 ? new string('-', width + 2) : new string('-', width + 1) + ":")
                )
                + "|"
        );
        foreach (string[] row in cells)
        {
            WriteLine(output, row, widths);
        }
    }

    public static void WriteJson(TextWriter output, ReportHead head, IReadOnlyList<ComparisonRow> rows) =>
        output.WriteLine(
            JsonSerializer.Serialize(
                new JsonReport(head.Name, head.Kind.ToString(), head.Contenders, Machine(), head.Blocks, rows),
                JsonReportContext.Default.JsonReport
            )
        );

    private static void WriteLine(TextWriter output, string[] row, int[] widths) =>
        output.WriteLine(
            "| "
                + string.Join(
                    " | ",
                    row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))
                )
                + " |"
        );

    private static string[] Cells(ComparisonRow row) =>
        [
            row.Operation,
            row.Size.ToString(CultureInfo.InvariantCulture),
            row.OursNanoseconds.ToString("F0", CultureInfo.InvariantCulture),
            row.PeerNanoseconds.ToString("F0", CultureInfo.InvariantCulture),
            row.RatioOfMedians.ToString("F3", CultureInfo.InvariantCulture),
            row.MedianRatio.ToString("F3", CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{row.LowerQuartile:F3}..{row.UpperQuartile:F3}"),
            row.Target is { } target
                ? string.Create(CultureInfo.InvariantCulture, $"{target:F2} {(row.Met == true ? "met" : "MISSED")}")
                : "-",
            string.Create(CultureInfo.InvariantCulture, $"{row.BytesAllocated:0.##} B"),
        ];

    private static string Machine()
    {
        string processor = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(':', 2)[1]
                .Trim()
                ?? "unknown processor"
            : "unknown processor";
        return $"{processor}, {Environment.ProcessorCount} cores, "
            + string.Join(' ', RuntimeInformation.OSDescription.Split(' ').Take(2))
            + ", "
            + $"OpenSSL {Native.LibCryptoContext.Instance.Version}, {RuntimeInformation.FrameworkDescription}";
    }
}
