using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <content>
/// Attempts. The response pump finds that one is over and that another is due; it stops the request pump, and whichever of the two ends last
/// lets go of the channel and makes the call ready for the next. Between attempts one pump counts as running and rests, so that whatever ends the
/// call meanwhile finds it as at any other time.
/// </content>
internal sealed partial class RoutedCall
{
    private readonly RequestReplay replay = new();
    private readonly RetryTimer retryTimer;
    private readonly AttemptTimer attemptTimer;
    private MethodRoutes? routes;
    private PickTarget? target;
    private long pickedFrom;
    private int attempts;
    private int retries;
    private int backoffs;
    private int transparentRetries;
    private long attemptSerial;
    private long attemptStartedAt;
    private bool attemptTimed;
    private bool retrying;
    private bool waiting;
    private NextAttempt next;
    private TimeSpan nextDelay;

    // How the attempt before ended, if it failed at the router: says more than that there is no other instance.
    private RouterStatus? before;

    // What ended the call as such while an attempt was over already; counts if there was to be another.
    private CallFailure? late;

    private void ResetAttempts()
    {
        replay.Reset(router.Hub);
        tried.Clear();
        target = null;
        routes = null;
        attempts = retries = backoffs = transparentRetries = 0;
        requestFullAt = responseFullAt = 0;
        retrying = waiting = false;
        late = null;
        before = null;
    }

    /// <summary>The call got a channel.</summary>
    private void BeginAttempt(InstanceChannel picked)
    {
        attempts++;
        if (plan.TracksLatency)
        {
            attemptStartedAt = router.Hub.Time.GetTimestamp();
        }

        hedge?.OnPicked(picked.Instance);
        if (plan.Retry?.AttemptTimeout is { } limit)
        {
            attemptTimed = true;
            router.Hub.Deadlines.Add(attemptTimer, limit, ++attemptSerial);
        }
    }

    /// <summary>What was sent to the client cannot be taken back.</summary>
    private void Commit()
    {
        headersSet = true;
        if (plan.SessionAffinity)
        {
            leg.SetSession(channel!.Instance.SessionToken);
        }

        if (Volatile.Read(ref requestsOver))
        {
            replay.Drop(router.Hub);
        }
    }

    /// <summary>Keeps what was taken of the request, as long as there may be another attempt.</summary>
    private void Record(in System.Buffers.ReadOnlySequence<byte> taken)
    {
        if (Volatile.Read(ref headersSet))
        {
            replay.Drop(router.Hub);
        }
        else
        {
            replay.Append(taken, router.Hub);
        }
    }

    /// <summary>The instance has ended the attempt before it sent anything.</summary>
    /// <returns>True when the call goes on with another attempt.</returns>
    private bool TryRetryAfterEnd()
    {
        if (!CallEndFields.TryRead(endBlock.WrittenSpan, out CallEndFields end) || end.Code == 0)
        {
            return false;
        }

        bool undispatched = end.NotDispatched && end.Code == (uint)StatusCode.Unavailable;
        RetryPushback pushback = plan.Retry is null ? default : RetryPushback.Of(endBlock.WrittenSpan);
        return TryHandOver(undispatched
            ? DecideTransparent(atOnce: transparentRetries == 0)
            : DecideRetry(end.Code, pushback));
    }

    /// <summary>The attempt failed at the router before anything came.</summary>
    private bool TryRetryAfterFailure()
    {
        if (!failure.OfAttempt)
        {
            return false;
        }

        if (channel is null)
        {
            NextAttempt decided = DecideWithoutInstance();
            if (decided == NextAttempt.None && before is { } cause)
            {
                failure = failure with { Status = cause };
            }

            return TryHandOver(decided);
        }

        before = failure.Status;
        return TryHandOver(NeverLeft() ? DecideTransparent(atOnce: true) : DecideRetry((uint)failure.Status.Code, default));
    }

    private NextAttempt DecideTransparent(bool atOnce)
    {
        transparentRetries++;
        if (atOnce)
        {
            return NextAttempt.Now;
        }

        // Whoever turns a call away may do so again: without a wait the two would keep each other busy.
        nextDelay = DefaultBackoff.Backoff(transparentRetries - 2, router.Hub.Random.NextDouble());
        return NextAttempt.Later;
    }

    private static readonly RetryPlan DefaultBackoff = new(2, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1), 2, 0, null);

    private NextAttempt DecideRetry(uint code, RetryPushback pushback)
    {
        if (plan.Retry is not { } policy)
        {
            return NextAttempt.None;
        }

        bool timedOut = failed && failure.Status.Reason == RouterReasons.AttemptTimeout;
        bool forbidden = pushback.Asked && pushback.Delay is null;
        if ((!policy.IsRetryable(code) && !timedOut && !forbidden) || !MayRetry(wanted: !forbidden && attempts < policy.MaxAttempts))
        {
            return NextAttempt.None;
        }

        if (pushback.Delay is { } exact)
        {
            backoffs = 0;
            nextDelay = exact;
        }
        else
        {
            nextDelay = policy.Backoff(backoffs++, router.Hub.Random.NextDouble());
        }

        return NextAttempt.Later;
    }

    // Without any instance a call waits if it is to, and a retry may find one after its wait; the first attempt says so at once.
    private NextAttempt DecideWithoutInstance()
    {
        if (failure.Status.Reason != RouterReasons.NoInstance)
        {
            return NextAttempt.None;
        }

        if (plan.WaitForReady || leg.GetHeader(WaitForReadyHeader) is "true" or "1")
        {
            return NextAttempt.WithInstance;
        }

        if (attempts == 0 || plan.Retry is not { } policy || backoffs >= policy.MaxAttempts)
        {
            return NextAttempt.None;
        }

        nextDelay = policy.Backoff(backoffs++, router.Hub.Random.NextDouble());
        return NextAttempt.Later;
    }

    /// <summary>The metadata by which a caller asks to wait for an instance.</summary>
    private const string WaitForReadyHeader = "grpcrouter-wait-for-ready";

    private bool NeverLeft()
    {
        if (!started)
        {
            return true;
        }

        channel!.Output.EnterControl();
        bool buffered = channel.Output.Batch == startBatch;
        channel.Output.Exit();
        return buffered;
    }

    private bool TryHandOver(NextAttempt decided)
    {
        if (decided == NextAttempt.None || router.Hub.Stopping)
        {
            return false;
        }

        lock (gate)
        {
            if (late is not null)
            {
                return false;
            }

            retrying = true;
            next = decided;
        }

        if (!Volatile.Read(ref requestsOver))
        {
            leg.WakeRequests();
            signalled = true;
            sendSignal.Set();
        }

        EndPump();
        return true;
    }

    /// <summary>Both pumps have stopped for the next attempt.</summary>
    private void PrepareAttempt()
    {
        if (!replay.IsWhole)
        {
            EndWithAttempt();
            return;
        }

        bool retry = next == NextAttempt.Later && channel is not null;
        if (channel is { } carrier)
        {
            if (retry)
            {
                retries++;
                tried.Add(carrier.Instance);
            }

            EndAttempt();
        }

        bool over;
        lock (gate)
        {
            failed = retrying = false;
            failure = default;
            channel = null;
            id = 0;
            sendSignal.Reset();
            ResetRequests();
            ResetInbox();
            requestsOver = true;
            waiting = true;
            over = late is not null;

            // This thread counts as a pump until it has arranged for the next attempt: whoever brings an instance or ends the call meanwhile must not have the object serve another.
            pumps = over ? 1 : 2;
            if (late is { } cause)
            {
                late = null;
                failed = pumping = true;
                failure = cause;
            }
        }

        if (over)
        {
            PumpResponses();
            return;
        }

        switch (next)
        {
            case NextAttempt.Now:
                StartAttempt(serial);
                break;
            case NextAttempt.Later:
                router.Hub.Deadlines.Add(retryTimer, nextDelay > TimeSpan.Zero ? nextDelay : DeadlineWheel.Tick, serial);
                break;
            default:
                WaitForInstance();
                break;
        }

        EndPump();
    }

    // The request outgrew what may be kept while its pump was being stopped.
    private void EndWithAttempt()
    {
        lock (gate)
        {
            retrying = false;
            pumps = 1;
        }

        if (failed)
        {
            EndWithFailure();
        }
        else
        {
            EndWithInstance();
        }

        EndResponses();
    }

    private void WaitForInstance()
    {
        if (!router.Waiting.TryAdd(this, serial, plan.Service.MaxPendingCalls))
        {
            Fail(new CallFailure(plan.Service.PendingFull, CancelReason.Limit));
        }
        else if (router.Hub.Stopping || router.Registry.Version != pickedFrom)
        {
            // One came before this call was among those that wait. That there are some says nothing: the policy may want none of them.
            StartAttempt(serial);
        }
    }

    /// <summary>What the call waited for is there.</summary>
    public void StartAttempt(long callSerial)
    {
        lock (gate)
        {
            if (callSerial != serial || !waiting || failed || finished)
            {
                return;
            }

            waiting = false;
            requestsOver = false;
            Interlocked.Increment(ref pumps);
        }

        if (next == NextAttempt.WithInstance)
        {
            router.Waiting.Remove(this);
        }

        StartRequests();
    }

    /// <summary>Lets go of the channel: withdraws the call there unless the instance has ended it.</summary>
    private void EndAttempt()
    {
        if (attemptTimed)
        {
            attemptTimed = false;
            router.Hub.Deadlines.Remove(attemptTimer);
        }

        turns.End();
        EndPace();
        if (channel is not { } carrier)
        {
            return;
        }

        if (started)
        {
            CountAttempt(carrier.Instance);
        }

        if (lined)
        {
            carrier.Output.Leave(this);
        }

        if (!started)
        {
            carrier.Forget(id);
        }
        else if (!ended)
        {
            carrier.Withdraw(id, startBatch, failure.Reason);
        }

        receiveWindow.Close();
    }

    private sealed class RetryTimer(RoutedCall call) : DeadlineEntry
    {
        public override void OnDue(long token) => call.StartAttempt(token);
    }

    private sealed class AttemptTimer(RoutedCall call) : DeadlineEntry
    {
        public override void OnDue(long token) => call.FailAttempt(token);
    }

    private void FailAttempt(long token)
    {
        bool wake;
        lock (gate)
        {
            wake = token == attemptSerial && attemptTimed && !headersCame && responseMessages == 0
                && MarkFailed_NeedsLock(new CallFailure(
                    new RouterStatus(StatusCode.DeadlineExceeded, RouterReasons.AttemptTimeout, "The attempt took longer than an attempt may."), CancelReason.Attempt, OfAttempt: true))
                && TryWake_NeedsLock();
        }

        ScheduleIf(wake);
    }
}
