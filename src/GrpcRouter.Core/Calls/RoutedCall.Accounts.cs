using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <content>What is counted of a call and its attempts where something is limited or judged by it.</content>
internal sealed partial class RoutedCall
{
    // The instance's own trouble, as far as a status tells. What it says of the request (such as NOT_FOUND) says nothing of the instance, and a caller must not be able to
    // have instances ejected by calls that cannot succeed.
    private const uint Failures =
        (1u << (int)StatusCode.Unknown) | (1u << (int)StatusCode.DeadlineExceeded) | (1u << (int)StatusCode.ResourceExhausted)
        | (1u << (int)StatusCode.Internal) | (1u << (int)StatusCode.Unavailable) | (1u << (int)StatusCode.DataLoss);

    // Where callers' calls are counted, and where attempts at instances are.
    private HeldPermits permits;
    private HeldPermits turns;
    private Tenant? tenant;
    private bool budgeted;

    /// <summary>The call is over.</summary>
    private void Leave()
    {
        permits.End();
        if (tenant is not null)
        {
            plan.Service.Limits!.Exit(tenant);
            tenant = null;
        }

        EndRetry();
    }

    /// <summary>What bounds the call.</summary>
    public MethodLimits Limits => limits;

    /// <summary>Counts an attempt at an instance, by the rules for instances.</summary>
    /// <inheritdoc cref="MethodLimits.TryPlace"/>
    public bool TryPlace(ServiceInstance instance, long now, out MethodRate? full, out long wait) => limits.TryPlace(leg, instance, now, ref turns, out full, out wait);

    /// <summary>The attempt did not come about.</summary>
    public void Unplace() => turns.GiveBack();

    /// <summary>An attempt failed in a way that may be tried again: the throttle counts it whether it is or not.</summary>
    private bool MayRetry(bool wanted)
    {
        ServicePlan service = plan.Service;
        service.Throttle?.OnFailure();
        if (!wanted || service.Throttle is { AllowsRetry: false })
        {
            return false;
        }

        EndRetry();
        return budgeted = service.Budget!.TryTake(router.Hub.Time.GetTimestamp());
    }

    private void EndRetry()
    {
        if (budgeted)
        {
            budgeted = false;
            plan.Service.Budget!.OnRetryDone();
        }
    }

    /// <summary>The attempt is over; what came of it is still there.</summary>
    private void CountAttempt(ServiceInstance instance)
    {
        ServicePlan service = plan.Service;
        bool throttled = service.Throttle is not null && (plan.Retry is not null || hedge is not null);

        // How long a stream lives tells nothing of how fast its instance is.
        bool timed = plan.TracksLatency && !method.ClientStreams && !method.ServerStreams;
        if (!service.TracksOutcomes && !throttled && !timed)
        {
            return;
        }

        // A client that left says nothing of the instance.
        uint code = ended ? CodeOf(endBlock.WrittenSpan) : (uint)failure.Status.Code;
        if (!ended && (!failed || failure.Status.Code == StatusCode.Cancelled))
        {
            return;
        }

        if (timed)
        {
            long now = router.Hub.Time.GetTimestamp();
            instance.OnLatency(now - attemptStartedAt, now, plan.LatencyDecay);
        }

        if (service.TracksOutcomes)
        {
            instance.RecordOutcome(code >= 32 || (Failures >> (int)code & 1) == 0);
        }

        if (throttled && code == 0)
        {
            service.Throttle!.OnSuccess();
        }
    }

    private static uint CodeOf(ReadOnlySpan<byte> end) => CallEndFields.TryRead(end, out CallEndFields fields) ? fields.Code : (uint)StatusCode.Internal;
}
