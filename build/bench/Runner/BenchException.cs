namespace GrpcRouter.Bench;

/// <summary>What keeps the benchmark from a figure, said for whoever runs it.</summary>
internal sealed class BenchException(string message) : Exception(message);
