namespace CryptoDev.Benchmarks;

/// <summary>The reason why a measurement is not possible, in one sentence for the terminal.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
