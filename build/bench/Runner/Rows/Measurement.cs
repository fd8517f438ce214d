namespace GrpcRouter.Bench;

/// <summary>One round of one row through one target; what is per unit is in the row's unit.</summary>
/// <param name="Rate">Units a second.</param>
/// <param name="FrontCpu">Microseconds of CPU per unit in what stands between client and service.</param>
/// <param name="BehindCpu">Microseconds of CPU per unit in what runs the service.</param>
/// <param name="FrontAllocated">Bytes per call on the managed heap of what stands between.</param>
/// <param name="FrontResident">Bytes of memory that it holds afterwards.</param>
/// <param name="P50">Median time of a call in microseconds.</param>
/// <param name="P99">Time in microseconds that one call in a hundred exceeds.</param>
internal sealed record Measurement(
    double Rate,
    double? FrontCpu,
    double? BehindCpu,
    double? FrontAllocated,
    double? FrontResident,
    double? P50,
    double? P99)
{
    /// <summary>Runs a load and charges both processes of the target for it.</summary>
    public static async Task<Measurement> TakeAsync(Target target, double unitsPerCall, Func<Task<LoadResult>> load)
    {
        Usage? front = await ReadAsync(target.Front);
        Usage? behind = await ReadAsync(target.Behind);
        LoadResult result = await load();
        Usage? frontAfter = await ReadAsync(target.Front);
        Usage? behindAfter = await ReadAsync(target.Behind);
        double units = result.Calls * unitsPerCall;
        return new Measurement(
            units / result.Seconds,
            (frontAfter?.CpuMicroseconds - front?.CpuMicroseconds) / units,
            (behindAfter?.CpuMicroseconds - behind?.CpuMicroseconds) / units,
            (double?)(frontAfter?.AllocatedBytes - front?.AllocatedBytes) / result.Calls,
            frontAfter?.ResidentBytes,
            result.P50,
            result.P99);
    }

    private static async Task<Usage?> ReadAsync(ServerProcess? process) => process is null ? null : await process.ReadAsync();
}
