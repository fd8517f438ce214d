using GrpcRouter.V1;

namespace GrpcRouter;

/// <summary>Why the router ends a call, or an attempt of it, before the instance does, as both sides are told.</summary>
/// <param name="Status">For the client.</param>
/// <param name="Reason">For the instance.</param>
/// <param name="OfAttempt">Another attempt may succeed; false when the call as such is over.</param>
internal readonly record struct CallFailure(RouterStatus Status, CancelReason Reason, bool OfAttempt = false);
