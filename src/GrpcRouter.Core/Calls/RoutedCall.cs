using System.Runtime.CompilerServices;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <summary>
/// One call on its way through the router.
/// </summary>
/// <remarks>
/// <code>
///  client leg --RequestBody--> request pump  --frames--> channel output   (RoutedCall.Requests.cs)
///  client leg &lt;-ResponseBody-- response pump &lt;--inbox--- channel reader   (RoutedCall.Responses.cs, RoutedCall.Inbox.cs)
/// </code>
/// Neither pump is an async method on its common way: hundreds of calls wait at once, and each would need a state machine of its own,
/// where the object itself can be the continuation. The call is over when both pumps are. Objects are used again; whoever may come late
/// (timer, channel reader, client's abort) names the serial or the id it means.
/// </remarks>
internal sealed partial class RoutedCall : OutputTurn, IThreadPoolWorkItem, IClientWatcher
{
    // What each buffer of an idle object keeps: enough for the small calls that are most, little for thousands of objects.
    private const int KeptBytes = 2048;

    private readonly Lock gate = new();
    private readonly AsyncSignal sendSignal = new();
    private readonly SendWindow sendWindow = new(0);
    private readonly ReceiveWindow receiveWindow = new();
    private readonly Deadline deadline;
    private readonly OldAge oldAge;

    private ServiceRouter router = null!;
    private RoutedMethod method = null!;
    private RouterOptions options = null!;
    private MethodPlan plan = null!;
    private MethodLimits limits = null!;
    private ClientLeg leg = null!;

    // Set when the call is one attempt of a hedged one, which has been admitted, is counted and keeps the deadline.
    private AttemptLeg? hedge;
    private AsyncTaskMethodBuilder completion;
    private InstanceChannel? channel;
    private ulong id;
    private long serial;
    private long deadlineAt;
    private int pumps;
    private bool hasDeadline;
    private bool aging;
    private bool finished;
    private bool failed;
    private bool signalled;
    private CallFailure failure;

    public RoutedCall()
    {
        deadline = new Deadline(this);
        oldAge = new OldAge(this);
        retryTimer = new RetryTimer(this);
        attemptTimer = new AttemptTimer(this);
        stallTimer = new StallTimer(this);
        onRequestRead = OnRequestRead;
        onFlushed = OnFlushed;
    }

    /// <summary>The method called.</summary>
    public RoutedMethod Method => method;

    /// <summary>The plan of the service that the call began with.</summary>
    public ServicePlan Plan => plan.Service;

    /// <summary>The client.</summary>
    public ClientLeg Leg => leg;

    /// <summary>The request has been sent, or what was left of it never will be.</summary>
    public bool HasSentRequest => Volatile.Read(ref requestsOver);

    private bool Stopped => Volatile.Read(ref finished) || Volatile.Read(ref failed) || Volatile.Read(ref retrying);

    /// <summary>Relays the call until it is over for the client. It is among the plan's live calls already.</summary>
    public Task RunAsync(ServiceRouter callRouter, RoutedMethod callMethod, RouterOptions callOptions, MethodPlan callPlan, ClientLeg callLeg)
    {
        options = callOptions;
        router = callRouter;
        method = callMethod;
        leg = callLeg;
        plan = callPlan;
        limits = router.Limits[method];
        if (!TryAdmit(out RouterStatus refusal))
        {
            Refuse(refusal);
            End();
            return Task.CompletedTask;
        }

        return Begin();
    }

    /// <summary>Relays one attempt of a hedged call until it is over.</summary>
    /// <param name="callRouter">The service.</param>
    /// <param name="callMethod">The method called.</param>
    /// <param name="callOptions">Those that the call began with.</param>
    /// <param name="callPlan">A plan without retries.</param>
    /// <param name="callLimits">What bounds the call.</param>
    /// <param name="attempt">Stands for the client.</param>
    /// <param name="request">The request, which the hedged call keeps; null when it is to be read from the client.</param>
    public Task RunAttemptAsync(
        ServiceRouter callRouter, RoutedMethod callMethod, RouterOptions callOptions, MethodPlan callPlan, MethodLimits callLimits, AttemptLeg attempt, RequestReplay? request)
    {
        options = callOptions;
        router = callRouter;
        method = callMethod;
        leg = hedge = attempt;
        plan = callPlan;
        limits = callLimits;
        retries = attempt.Ordinal;
        target = attempt.Target;
        routes = attempt.Routes;
        if (attempt.DeadlineAt is { } due)
        {
            hasDeadline = true;
            deadlineAt = due;
        }

        if (request is not null)
        {
            replay.Borrow(request);
        }

        return Begin();
    }

    private Task Begin()
    {
        completion = AsyncTaskMethodBuilder.Create();
        Task over = completion.Task;
        pumps = 2;

        // Whoever begins an attempt has others to look after: its responses, which may come at once and for long, are left to the pool.
        bool inline = hedge is null;
        pumping = inline;
        leg.Attach(this, serial);
        StartRequests();
        if (inline)
        {
            PumpResponses();
        }

        return over;
    }

    /// <summary>Ends the call early, unless it is over or another failure came first.</summary>
    /// <param name="callSerial">The call that is meant.</param>
    /// <param name="cause">What both sides are told.</param>
    public void Fail(long callSerial, in CallFailure cause)
    {
        bool wake;
        lock (gate)
        {
            wake = callSerial == serial && MarkFailed_NeedsLock(cause) && TryWake_NeedsLock();
        }

        ScheduleIf(wake);
    }

    /// <summary>The channel is lost, and the call with it, if it is still the one with this id there.</summary>
    public void OnChannelLost(InstanceChannel lost, ulong callId, in CallFailure cause)
    {
        bool wake;
        lock (gate)
        {
            wake = callId == id && lost == channel && MarkFailed_NeedsLock(cause) && TryWake_NeedsLock();
        }

        ScheduleIf(wake);
    }

    /// <inheritdoc/>
    public void OnClientGone(long callSerial) => Fail(callSerial, CallFailure.ClientGone);

    /// <inheritdoc/>
    protected override void OnTurn() => sendSignal.Set();

    void IThreadPoolWorkItem.Execute() => PumpResponses();

    private bool MarkFailed_NeedsLock(in CallFailure cause)
    {
        // A call that the instance has ended still waits for a client that does not read; that wait ends with the client or the deadline.
        bool waits = (flushing || hasRest) && cause.Status.Code is (StatusCode.Cancelled or StatusCode.DeadlineExceeded);
        if (finished || failed || retrying || (ended && !waits))
        {
            if (!cause.OfAttempt)
            {
                late ??= cause;
            }

            return false;
        }

        failed = true;
        failure = cause;
        Signal_NeedsLock();
        if (flushing)
        {
            leg.ResponseBody.CancelPendingFlush();
        }

        return true;
    }

    private void Signal_NeedsLock()
    {
        signalled = true;
        sendSignal.Set();
    }

    /// <returns>True when the response pump rests: then the caller must see to it that this object is executed.</returns>
    private bool TryWake_NeedsLock()
    {
        bool wake = !pumping;
        pumping = true;
        return wake;
    }

    private void ScheduleIf(bool wake)
    {
        if (wake)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void Fail(in CallFailure cause)
    {
        bool wake;
        lock (gate)
        {
            wake = MarkFailed_NeedsLock(cause) && TryWake_NeedsLock();
        }

        ScheduleIf(wake);
    }

    private void Fail(StatusCode code, string reason, string message, CancelReason cancel) =>
        Fail(new CallFailure(new RouterStatus(code, reason, message), cancel));

    private bool TryAdmit(out RouterStatus refusal)
    {
        if (!CallAdmission.TryAdmit(router, options, plan, limits, leg, ref permits, out tenant, out TimeSpan? timeout, out refusal))
        {
            return false;
        }

        if (timeout is { } due)
        {
            hasDeadline = true;
            deadlineAt = router.Hub.Time.GetTimestamp() + (long)(due.TotalSeconds * router.Hub.Time.TimestampFrequency);
            router.Hub.Deadlines.Add(deadline, due, serial);
        }

        if (plan.MaxStreamAge is { } age)
        {
            aging = true;
            router.Hub.Deadlines.Add(oldAge, AgeSpread.Of(age, router.Hub.Random.NextDouble()), serial);
        }

        return true;
    }

    /// <summary>One of the pumps is done. The last one to be ends the call.</summary>
    private void EndPump()
    {
        if (Interlocked.Decrement(ref pumps) != 0)
        {
            return;
        }

        if (retrying)
        {
            PrepareAttempt();
        }
        else
        {
            Release();
            AsyncTaskMethodBuilder over = completion;
            End();
            over.SetResult();
        }
    }

    private void Release()
    {
        if (hasDeadline)
        {
            router.Hub.Deadlines.Remove(deadline);
        }

        if (aging)
        {
            aging = false;
            router.Hub.Deadlines.Remove(oldAge);
        }

        EndWatch();
        if (waiting)
        {
            router.Hub.Deadlines.Remove(retryTimer);
            router.Waiting.Remove(this);
        }

        EndAttempt();
    }

    /// <summary>Makes the object ready for another call.</summary>
    private void End()
    {
        leg.Detach();
        Leave();
        StripedCounter? live = hedge is null ? plan.Service.Live : null;
        lock (gate)
        {
            serial++;
            id = 0;
            channel = null;
            hasDeadline = false;
            finished = failed = false;
            failure = default;
            if (signalled || lined)
            {
                sendSignal.Reset();
            }

            ResetAttempts();
            ResetRequests();
            ResetInbox();
        }

        leg = null!;
        hedge = null;
        router = null!;
        method = null!;
        options = null!;
        plan = null!;
        limits = null!;
        completion = default;
        live?.Decrement();
    }

    private sealed class OldAge(RoutedCall call) : DeadlineEntry
    {
        public override void OnDue(long token) => call.Fail(token, new CallFailure(
            new RouterStatus(StatusCode.Unavailable, RouterReasons.StreamMaxAge, "The stream has reached the age that streams may have; open it anew."), CancelReason.Router));
    }

    private sealed class Deadline(RoutedCall call) : DeadlineEntry
    {
        // Judged by this timer alone: a clock read here could say that the deadline has not come, and make it a cancellation.
        public override void OnDue(long token) => call.Fail(token, CallFailure.DeadlinePassed);
    }
}
