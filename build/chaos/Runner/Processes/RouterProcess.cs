namespace GrpcRouter.Chaos;

internal sealed class RouterProcess(HostSettings settings) : HostProcess("RouterHost", settings)
{
    public string Address => $"http://127.0.0.1:{Settings.Port}";

    public Task<RouterCounts> CountAsync() => AskAsync<RouterCounts>("count");

    /// <summary>Counts after a full collection.</summary>
    public Task<RouterCounts> CollectAsync() => AskAsync<RouterCounts>("collect");
}
