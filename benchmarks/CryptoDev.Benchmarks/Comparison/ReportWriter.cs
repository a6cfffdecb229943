using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace CryptoDev.Benchmarks.Comparison;

/// <summary>Writes a comparison as a Markdown table (which is legible on a terminal too) or as JSON.</summary>
internal static class ReportWriter
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static void WriteMarkdown(TextWriter output, ComparisonPlan plan, string contenders, int blocks, IReadOnlyList<ComparisonRow> rows)
    {
        string kind = plan.Kind == RatioKind.Speed ? "speed (ours over theirs, more is better)" : "time (ours over theirs, less is better)";
        output.WriteLine($"{plan.Name}: {contenders}. {Machine()}. Medians of {blocks} interleaved blocks by {(plan.Clock == BlockClock.Wall ? "wall clock" : "thread processor time")}; {kind}.");
        output.WriteLine();
        string[] heads = ["operation", "bytes", "ours ns", "theirs ns", "ratio of medians", "median ratio", "middle half", "promised", "allocated"];
        List<string[]> cells = [.. rows.Select(Cells)];
        int[] widths = [.. heads.Select((head, column) => cells.Max(row => row[column].Length) is var widest && widest > head.Length ? widest : head.Length)];
        WriteLine(output, heads, widths);
        output.WriteLine($"|{string.Join("|", widths.Select((width, column) => column == 0 ? new string('-', width + 2) : new string('-', width + 1) + ":"))}|");
        foreach (string[] row in cells)
        {
            WriteLine(output, row, widths);
        }
    }

    public static void WriteJson(TextWriter output, ComparisonPlan plan, string contenders, int blocks, IReadOnlyList<ComparisonRow> rows) =>
        output.WriteLine(JsonSerializer.Serialize(new { plan.Name, Ratio = plan.Kind.ToString(), Contenders = contenders, Machine = Machine(), Blocks = blocks, Rows = rows }, Json));

    private static void WriteLine(TextWriter output, string[] row, int[] widths) =>
        output.WriteLine($"| {string.Join(" | ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |");

    private static string[] Cells(ComparisonRow row) =>
    [
        row.Operation,
        row.Size.ToString(CultureInfo.InvariantCulture),
        row.OursNanoseconds.ToString("F0", CultureInfo.InvariantCulture),
        row.PeerNanoseconds.ToString("F0", CultureInfo.InvariantCulture),
        row.RatioOfMedians.ToString("F3", CultureInfo.InvariantCulture),
        row.MedianRatio.ToString("F3", CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"{row.LowerQuartile:F3}..{row.UpperQuartile:F3}"),
        row.Target is { } target ? string.Create(CultureInfo.InvariantCulture, $"{target:F2} {(row.Met == true ? "met" : "MISSED")}") : "-",
        string.Create(CultureInfo.InvariantCulture, $"{row.BytesAllocated:0.##} B"),
    ];

    private static string Machine()
    {
        string processor = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown processor"
            : "unknown processor";
        return $"{processor}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription.Split(' ') switch { [var name, var release, ..] => $"{name} {release}", var words => words[0] }}, "
            + $"OpenSSL {Native.LibCryptoContext.Instance.Version}, {RuntimeInformation.FrameworkDescription}";
    }
}
