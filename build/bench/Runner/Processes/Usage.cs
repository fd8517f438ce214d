namespace GrpcRouter.Bench;

/// <summary>What a process has used up to one moment.</summary>
/// <param name="CpuMicroseconds">User and kernel time of the process and its workers.</param>
/// <param name="AllocatedBytes">On the managed heap; none where there is no such heap.</param>
/// <param name="ResidentBytes">Memory that the process holds now.</param>
internal readonly record struct Usage(double CpuMicroseconds, long? AllocatedBytes, long ResidentBytes);
