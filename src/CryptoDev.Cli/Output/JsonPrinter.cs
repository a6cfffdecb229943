using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace CryptoDev.Cli.Output;

/// <summary>The JSON documents, with serialisers generated at build time. Names are snake_case and stable.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never
)]
[JsonSerializable(typeof(DriversDocument))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(CheckDocument))]
[JsonSerializable(typeof(SpeedDocument))]
[JsonSerializable(typeof(AbiDocument))]
[JsonSerializable(typeof(KeyDocument))]
[JsonSerializable(typeof(KeyFeaturesDocument))]
internal sealed partial class JsonDocuments : JsonSerializerContext;

/// <summary>Writes one document to stdout.</summary>
internal static class JsonPrinter
{
    public static void Write<T>(CliConsole console, T document, JsonTypeInfo<T> type) =>
        console.Out.WriteLine(JsonSerializer.Serialize(document, type));
}
