using System.Runtime.CompilerServices;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// A call that is tried on several instances at once (gRFC A6). It keeps the request and runs attempts, each a <see cref="RoutedCall"/> of its own, until
/// one has won: the first that has headers, or a status that no other attempt can better. That one writes to the client itself; the others are withdrawn.
/// </summary>
/// <remarks>
/// Whatever happens (an attempt's end, the clock, the client) changes the state under the lock and then has <see cref="Step"/> do what follows from the state. One thread at a
/// time is in there, so attempts and the clock are started and stopped in order, without the lock. The object is used again, as those of its attempts are: they have all ended when
/// the call does, and clock and client name the serial they mean.
/// </remarks>
internal sealed partial class HedgedCall : IClientWatcher
{
    private readonly Lock gate = new();
    private readonly RequestReplay request = new();
    private readonly Deadline deadline;

    private ServiceRouter router = null!;
    private RoutedMethod method = null!;
    private RouterOptions options = null!;
    private MethodPlan plan = null!;
    private MethodLimits limits = null!;
    private HedgingPlan hedging = null!;
    private ClientLeg leg = null!;
    private MethodRoutes routes = null!;
    private PickTarget target = null!;
    private Tenant? tenant;
    private HeldPermits permits;
    private AsyncTaskMethodBuilder completion;
    private long serial;
    private long? deadlineAt;

    public HedgedCall()
    {
        deadline = new Deadline(this);
        clock = new Clock(this);
    }

    /// <summary>Relays the call until it is over for the client and all of its attempts have ended.</summary>
    public Task RunAsync(ServiceRouter callRouter, RoutedMethod callMethod, RouterOptions callOptions, MethodPlan callPlan, ClientLeg callLeg)
    {
        options = callOptions;
        router = callRouter;
        method = callMethod;
        plan = callPlan;
        hedging = callPlan.Hedging!;
        limits = callRouter.Limits[callMethod];
        leg = callLeg;
        if (!CallAdmission.TryAdmit(router, options, plan, limits, leg, ref permits, out tenant, out TimeSpan? timeout, out RouterStatus refusal))
        {
            leg.SetEnd(refusal);
            End();
            return Task.CompletedTask;
        }

        routes = plan.RoutesFor(leg.Tenant);
        target = routes.Route(leg, router.Hub.Random);
        completion = AsyncTaskMethodBuilder.Create();
        Task over = completion.Task;
        long call = serial;
        if (timeout is { } due)
        {
            deadlineAt = router.Hub.Time.GetTimestamp() + (long)(due.TotalSeconds * router.Hub.Time.TimestampFrequency);
        }

        lock (gate)
        {
            most = hedging.MaxAttempts;
            active = reading = true;
        }

        if (timeout is { } time)
        {
            router.Hub.Deadlines.Add(deadline, time, call);
        }

        leg.Attach(this, call);
        _ = ReadRequestAsync();
        return over;
    }

    /// <inheritdoc/>
    public void OnClientGone(long callSerial) => Fail(callSerial, CallFailure.ClientGone);

    private bool MayHedge()
    {
        ServicePlan service = plan.Service;
        return !router.Hub.Stopping && service.Throttle is not { AllowsRetry: false } && service.Budget!.TryTake(router.Hub.Time.GetTimestamp());
    }

    /// <summary>Ends the call early, by what the client or the clock says.</summary>
    private void Fail(long callSerial, in CallFailure cause)
    {
        bool wake;
        lock (gate)
        {
            if (callSerial != serial || !active)
            {
                return;
            }

            verdict ??= cause;
            wake = reading && !waking;
            waking |= wake;
        }

        if (wake)
        {
            // The call cannot end meanwhile, and the leg serve another.
            leg.WakeRequests();
            lock (gate)
            {
                waking = false;
            }
        }

        Step();
    }

    private void Finish()
    {
        if (deadlineAt is not null)
        {
            router.Hub.Deadlines.Remove(deadline);
        }

        if (winner is null)
        {
            CallFailure cause = verdict!.Value;
            if (cause.IsClientGone)
            {
                leg.Abort();
            }
            else
            {
                leg.SetEnd(cause.Status);
            }
        }

        AsyncTaskMethodBuilder over = completion;
        End();
        over.SetResult();
    }

    /// <summary>Makes the object ready for another call.</summary>
    private void End()
    {
        StripedCounter live = plan.Service.Live;
        leg.Detach();
        permits.End();
        if (tenant is not null)
        {
            plan.Service.Limits!.Exit(tenant);
            tenant = null;
        }

        request.Reset(router.Hub);
        lock (gate)
        {
            serial++;
            deadlineAt = null;
            router = null!;
            method = null!;
            options = null!;
            plan = null!;
            limits = null!;
            hedging = null!;
            leg = null!;
            routes = null!;
            target = null!;
            completion = default;
            ResetAttempts();
        }

        live.Decrement();
    }

    private sealed class Deadline(HedgedCall call) : DeadlineEntry
    {
        public override void OnDue(long token) => call.Fail(token, CallFailure.DeadlinePassed);
    }
}
