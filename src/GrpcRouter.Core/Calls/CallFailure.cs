using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <summary>Why the router ends a call, or an attempt of it, before the instance does, as both sides are told.</summary>
/// <param name="Status">For the client.</param>
/// <param name="Reason">For the instance.</param>
/// <param name="OfAttempt">Another attempt may succeed; false when the call as such is over.</param>
internal readonly record struct CallFailure(RouterStatus Status, CancelReason Reason, bool OfAttempt = false)
{
    public static CallFailure ClientGone =>
        new(new RouterStatus(StatusCode.Cancelled, RouterReasons.Cancelled, "The client cancelled the call."), CancelReason.Client);

    public static CallFailure DeadlinePassed => new(CallAdmission.DeadlinePassed, CancelReason.Deadline);

    /// <summary>Another attempt of a hedged call has answered; the client hears nothing of this one.</summary>
    public static CallFailure Outrun =>
        new(new RouterStatus(StatusCode.Cancelled, RouterReasons.Cancelled, "Another attempt of the call answered first."), CancelReason.Attempt);

    /// <summary>There is nothing left to say to the client.</summary>
    public bool IsClientGone => Reason == CancelReason.Client && Status.Code == StatusCode.Cancelled;
}
