namespace GrpcRouter.Chaos;

/// <summary>What a router holds.</summary>
/// <param name="ActiveCalls">Calls under way.</param>
/// <param name="OpenChannels">Registration channels, those that have not registered among them.</param>
/// <param name="Instances">Ids of the registered channels that take calls, sorted.</param>
/// <param name="ChannelCalls">Call ids in use on all channels, those of withdrawn calls among them.</param>
/// <param name="Deadlines">Deadlines that are armed.</param>
/// <param name="WaitingCalls">Calls that wait for an instance.</param>
/// <param name="ReplayBytes">Requests that are kept for retries.</param>
/// <param name="PendingWork">Work that waits for a thread.</param>
/// <param name="Timers">Timers that are armed.</param>
/// <param name="HeapBytes">Managed heap, after a full collection when one was asked for.</param>
internal sealed record RouterCounts(
    int ActiveCalls, int OpenChannels, IReadOnlyList<string> Instances, int ChannelCalls, int Deadlines, int WaitingCalls, long ReplayBytes, long PendingWork,
    long Timers, long HeapBytes)
{
    public override string ToString() =>
        $"{ActiveCalls} calls, {OpenChannels} channels, ready [{string.Join(' ', Instances)}], {ChannelCalls} call ids, {Deadlines} deadlines, {WaitingCalls} waiting calls, {ReplayBytes} B of replays, "
        + $"{PendingWork} pending, {Timers} timers, {HeapBytes / 1024:n0} KiB";
}
