using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>A call's place in the wheel of deadlines.</summary>
internal sealed class CallDeadline(InboundCall call) : DeadlineEntry
{
    /// <summary>Ends the call, if it is still the one whose deadline has come.</summary>
    /// <param name="token">The use of the call object.</param>
    public override void OnDue(long token) => call.OnDeadline(token);
}
