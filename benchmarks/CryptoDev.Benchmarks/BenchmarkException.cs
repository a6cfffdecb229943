namespace CryptoDev.Benchmarks;

/// <summary>What stands in the way of measuring, in one sentence for the terminal.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
