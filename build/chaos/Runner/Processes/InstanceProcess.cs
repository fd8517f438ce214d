namespace GrpcRouter.Chaos;

internal sealed class InstanceProcess(HostSettings settings) : HostProcess("InstanceHost", settings)
{
    public Task<InstanceCounts> CountAsync() => AskAsync<InstanceCounts>("count");

    /// <summary>Makes each of its handlers' steps take longer; 0 makes it as fast as it was.</summary>
    public Task SlowDownAsync(int milliseconds) => AskAsync<InstanceCounts>($"slow {milliseconds}");
}
