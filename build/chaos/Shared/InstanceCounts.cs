namespace GrpcRouter.Chaos;

/// <summary>What an instance holds.</summary>
/// <param name="Handlers">Handlers that are running.</param>
/// <param name="PendingWork">Work that waits for a thread.</param>
/// <param name="HeapBytes">Managed heap.</param>
internal sealed record InstanceCounts(int Handlers, long PendingWork, long HeapBytes);
