using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <content>The attempts: when the next one begins, which one wins, and what becomes of the others.</content>
internal sealed partial class HedgedCall
{
    private readonly Clock clock;
    private readonly List<AttemptLeg> attempts = [];
    private readonly List<ServiceInstance> tried = [];

    // All of this is guarded by the gate.
    private bool active;
    private bool reading;
    private bool waking;
    private bool stepping;
    private int most;
    private int started;
    private int running;
    private NextHedge next;
    private TimeSpan nextDelay;
    private long clockSerial;
    private bool clockSet;

    // An instance has asked for the wait: nothing shortens it.
    private bool held;

    // The next attempt has its place in the budget.
    private bool granted;
    private bool requestDropped;
    private AttemptLeg? winner;
    private CallFailure? verdict;

    // How the last attempt ended at the router: says more than that there is no other instance.
    private RouterStatus? before;

    /// <summary>An attempt of the call was sent there.</summary>
    public bool HasTried(ServiceInstance instance)
    {
        lock (gate)
        {
            return tried.Contains(instance);
        }
    }

    /// <summary>An attempt has an instance. The delay until the next one counts from then.</summary>
    public void OnPicked(AttemptLeg attempt, ServiceInstance instance)
    {
        lock (gate)
        {
            tried.Add(instance);
            if (attempt.Placed)
            {
                return;
            }

            attempt.Placed = true;
            if (next == NextHedge.Open && !held)
            {
                PlanAfter_NeedsLock(hedging.Delay);
            }
        }

        Step();
    }

    /// <summary>An attempt is about to answer.</summary>
    /// <returns>False when another was faster, or the call is over.</returns>
    public bool TryWin(AttemptLeg attempt)
    {
        lock (gate)
        {
            if (winner == attempt)
            {
                return true;
            }

            if (winner is not null || verdict is not null)
            {
                return false;
            }

            Win_NeedsLock(attempt);
        }

        Step();
        return true;
    }

    /// <summary>An instance has ended an attempt.</summary>
    /// <returns>True when the client is to be told.</returns>
    public bool TryEnd(AttemptLeg attempt, uint code, RetryPushback pushback)
    {
        bool told;
        lock (gate)
        {
            attempt.Ended = true;
            if (winner is null && verdict is null && !GoesOnAfter_NeedsLock(code, pushback))
            {
                Win_NeedsLock(attempt);
            }

            told = winner == attempt;
        }

        Step();
        return told;
    }

    /// <summary>The router has ended an attempt.</summary>
    /// <param name="attempt">Which.</param>
    /// <param name="status">How; on return, how to tell it to the client.</param>
    /// <returns>True when the client is to be told.</returns>
    public bool TryEnd(AttemptLeg attempt, ref RouterStatus status)
    {
        bool told;
        lock (gate)
        {
            attempt.Ended = true;
            if (winner is null && verdict is null)
            {
                // That no instance takes another attempt says nothing against those that are under way.
                bool goesOn = attempt.Placed ? GoesOnAfter_NeedsLock((uint)status.Code, default) : GoesOnWithout_NeedsLock();
                if (!goesOn)
                {
                    Win_NeedsLock(attempt);
                    status = attempt.Placed ? status : before ?? status;
                }

                before = status;
            }

            told = winner == attempt;
        }

        Step();
        return told;
    }

    private bool GoesOnAfter_NeedsLock(uint code, RetryPushback pushback)
    {
        bool forbidden = pushback.Asked && pushback.Delay is null;
        bool nonFatal = code != 0 && hedging.IsNonFatal(code);
        if (nonFatal || (code != 0 && forbidden))
        {
            plan.Service.Throttle?.OnFailure();
        }

        if (!nonFatal)
        {
            return false;
        }

        if (forbidden)
        {
            most = started;
        }
        else if (pushback.Delay is { } exact && (granted || TryGrant_NeedsLock()))
        {
            held = true;
            next = NextHedge.Later;
            nextDelay = exact;
        }
        else if (!held && (granted || TryGrant_NeedsLock()))
        {
            next = NextHedge.Now;
        }

        return granted || Others_NeedsLock() > 0;
    }

    private bool GoesOnWithout_NeedsLock()
    {
        if (Others_NeedsLock() == 0)
        {
            return granted;
        }

        if (next == NextHedge.Open && !held && !clockSet)
        {
            PlanAfter_NeedsLock(hedging.Delay > TimeSpan.Zero ? hedging.Delay : DeadlineWheel.Tick);
        }

        return true;
    }

    private void PlanAfter_NeedsLock(TimeSpan delay)
    {
        if (winner is not null || verdict is not null || started >= most)
        {
            return;
        }

        if (delay > TimeSpan.Zero)
        {
            next = NextHedge.Later;
            nextDelay = delay;
        }
        else if (TryGrant_NeedsLock())
        {
            next = NextHedge.Now;
        }
    }

    private bool TryGrant_NeedsLock() => started < most && (granted = MayHedge());

    /// <summary>Attempts that may still answer.</summary>
    private int Others_NeedsLock()
    {
        int count = 0;
        for (int i = 0; i < started; i++)
        {
            count += attempts[i].Ended || attempts[i] == winner ? 0 : 1;
        }

        return count;
    }

    private void Win_NeedsLock(AttemptLeg attempt)
    {
        winner = attempt;
        attempt.Win();
        for (int losers = Others_NeedsLock(); losers > 0; losers--)
        {
            router.HedgeLosers.Increment();
        }
    }

    private void OnClock(long token)
    {
        lock (gate)
        {
            if (!clockSet || token != clockSerial)
            {
                return;
            }

            clockSet = held = false;
            if (winner is null && verdict is null && (granted || TryGrant_NeedsLock()))
            {
                next = NextHedge.Now;
            }
        }

        Step();
    }

    private void ResetAttempts()
    {
        tried.Clear();
        active = reading = waking = stepping = clockSet = held = granted = requestDropped = direct = false;
        most = started = running = 0;
        next = NextHedge.Open;
        winner = null;
        verdict = null;
        before = null;
    }

    private sealed class Clock(HedgedCall call) : DeadlineEntry
    {
        public override void OnDue(long token) => call.OnClock(token);
    }
}
