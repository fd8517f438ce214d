namespace GrpcRouter.Bench;

/// <summary>What a host says of itself when asked for <c>stats</c>.</summary>
/// <param name="CpuMicroseconds">User and kernel time since the process began.</param>
/// <param name="AllocatedBytes">All that was ever allocated on the managed heap.</param>
/// <param name="HeapBytes">What the managed heap holds now, garbage included.</param>
/// <param name="WorkingSet">Resident memory.</param>
/// <param name="Gen0">Collections so far; a collection of an older generation counts here too.</param>
/// <param name="Gen1">Collections of generation 1 and 2.</param>
/// <param name="Gen2">Full collections.</param>
/// <param name="Threads">Threads of the pool.</param>
internal sealed record ProcessStats(
    double CpuMicroseconds,
    long AllocatedBytes,
    long HeapBytes,
    long WorkingSet,
    int Gen0,
    int Gen1,
    int Gen2,
    int Threads);
