namespace GrpcRouter.Tests;

/// <summary>What the objects of the process take, clients, instances and router together.</summary>
internal static class Heap
{
    /// <summary>Bytes in use after a full collection.</summary>
    public static long Collected()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
