using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <content>What follows from the state, done by one thread at a time.</content>
internal sealed partial class HedgedCall
{
    private void Step()
    {
        lock (gate)
        {
            if (stepping || !active || reading || waking)
            {
                return;
            }

            stepping = true;
        }

        while (true)
        {
            HedgeMove move;
            AttemptLeg? attempt;
            CallFailure cause;
            lock (gate)
            {
                move = Decide_NeedsLock(out attempt, out cause);
                if (move == HedgeMove.Wait)
                {
                    stepping = false;
                    return;
                }
            }

            switch (move)
            {
                case HedgeMove.Begin:
                    _ = RunAttemptAsync(attempt!);
                    break;
                case HedgeMove.SetClock:
                    router.Hub.Deadlines.Add(clock, nextDelay > TimeSpan.Zero ? nextDelay : DeadlineWheel.Tick, clockSerial);
                    break;
                case HedgeMove.StopClock:
                    router.Hub.Deadlines.Remove(clock);
                    break;
                case HedgeMove.Tell:
                    attempt!.Fail(cause);
                    break;
                case HedgeMove.DropRequest:
                    request.Drop(router.Hub);
                    break;
                default:
                    Finish();
                    return;
            }
        }
    }

    private HedgeMove Decide_NeedsLock(out AttemptLeg? attempt, out CallFailure cause)
    {
        attempt = null;
        cause = default;
        bool decided = winner is not null || verdict is not null;
        if (clockSet && (decided || next != NextHedge.Open))
        {
            clockSet = false;
            return HedgeMove.StopClock;
        }

        return decided ? DecideEnd_NeedsLock(out attempt, out cause) : DecideNext_NeedsLock(out attempt);
    }

    private HedgeMove DecideNext_NeedsLock(out AttemptLeg? attempt)
    {
        attempt = null;
        NextHedge decided = next;
        next = NextHedge.Open;
        switch (decided)
        {
            case NextHedge.Now:
                attempt = Add_NeedsLock();
                return HedgeMove.Begin;
            case NextHedge.Later:
                clockSet = true;
                clockSerial++;
                return HedgeMove.SetClock;
            default:
                return HedgeMove.Wait;
        }
    }

    private AttemptLeg Add_NeedsLock()
    {
        if (started == attempts.Count)
        {
            attempts.Add(new AttemptLeg(this, started));
        }

        AttemptLeg attempt = attempts[started++];
        running++;
        attempt.Reset(leg, target, routes, deadlineAt, direct);
        (attempt.Budgeted, granted) = (granted, false);
        if (direct)
        {
            Win_NeedsLock(attempt);
        }

        return attempt;
    }

    private HedgeMove DecideEnd_NeedsLock(out AttemptLeg? attempt, out CallFailure cause)
    {
        for (int i = 0; i < started; i++)
        {
            attempt = attempts[i];
            if (!attempt.Over && !attempt.Told && (verdict is not null || attempt != winner))
            {
                attempt.Told = true;
                cause = attempt == winner || winner is null ? verdict!.Value : CallFailure.Outrun;
                return HedgeMove.Tell;
            }
        }

        attempt = null;
        cause = default;
        if (running == 0)
        {
            if (granted)
            {
                granted = false;
                plan.Service.Budget!.OnRetryDone();
            }

            return HedgeMove.Finish;
        }

        // What the winner streams may take hours.
        if (running == 1 && winner is { Ended: false } streaming && !requestDropped && !direct && streaming.Relay.HasSentRequest)
        {
            requestDropped = true;
            return HedgeMove.DropRequest;
        }

        return HedgeMove.Wait;
    }

    private async Task RunAttemptAsync(AttemptLeg attempt)
    {
        await attempt.Relay.RunAttemptAsync(router, method, options, plan, limits, attempt, direct ? null : request).ConfigureAwait(false);
        lock (gate)
        {
            attempt.Over = true;
            running--;
            if (attempt.Budgeted)
            {
                plan.Service.Budget!.OnRetryDone();
            }
        }

        Step();
    }
}
