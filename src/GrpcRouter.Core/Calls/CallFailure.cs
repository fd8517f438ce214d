using GrpcRouter.V1;

namespace GrpcRouter;

/// <summary>Why the router ends a call before the instance does, as both sides are told.</summary>
/// <param name="Status">For the client.</param>
/// <param name="Reason">For the instance.</param>
internal readonly record struct CallFailure(RouterStatus Status, CancelReason Reason);
