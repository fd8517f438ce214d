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
/// The pumps run as one flow that ends when the instance has ended the call or the first failure is known. Objects are used again;
/// whoever may come late (timer, channel reader, client's abort) names the serial or the id it means.
/// </remarks>
internal sealed partial class RoutedCall : OutputTurn
{
    // What each buffer of an idle object keeps: enough for the small calls that are most, little for a pool of thousands.
    private const int KeptBytes = 1024;

    private readonly Lock gate = new();
    private readonly AsyncSignal sendSignal = new();
    private readonly AsyncSignal receiveSignal = new();
    private readonly SendWindow sendWindow = new(0);
    private readonly ReceiveWindow receiveWindow = new();
    private readonly FrameBuffer startBlock = new();
    private readonly Deadline deadline;

    private ServiceRouter router = null!;
    private RoutedMethod method = null!;
    private ClientLeg leg = null!;
    private InstanceChannel? channel;
    private ulong id;
    private long serial;
    private long deadlineAt;
    private bool hasDeadline;
    private bool finished;
    private bool failed;
    private CallFailure failure;

    public RoutedCall() => deadline = new Deadline(this);

    private bool Stopped => Volatile.Read(ref finished) || Volatile.Read(ref failed);

    /// <summary>Relays the call until it is over for the client.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask RunAsync(ServiceRouter callRouter, RoutedMethod callMethod, ClientLeg callLeg)
    {
        Begin(callRouter, callMethod, callLeg);
        if (!TryAdmit(out RouterStatus refusal))
        {
            leg.SetEnd(refusal);
            End();
            return;
        }

        leg.Attach(this, serial);
        ValueTask requests = PumpRequestsAsync();
        try
        {
            await PumpResponsesAsync().ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
            {
                finished = true;
            }

            if (!requests.IsCompleted)
            {
                leg.RequestBody.Wake();
                sendSignal.Set();
            }

            await requests.ConfigureAwait(false);
            leg.Detach();
            Release();
            End();
        }
    }

    /// <summary>Ends the call early, unless it is over or another failure came first.</summary>
    /// <param name="callSerial">The call that is meant.</param>
    /// <param name="cause">What both sides are told.</param>
    public void Fail(long callSerial, in CallFailure cause)
    {
        lock (gate)
        {
            if (callSerial != serial)
            {
                return;
            }

            Fail_NeedsLock(cause);
        }
    }

    /// <summary>The channel is lost, and the call with it, if it is still the one with this id there.</summary>
    public void OnChannelLost(InstanceChannel lost, ulong callId, in CallFailure cause)
    {
        lock (gate)
        {
            if (callId == id && lost == channel)
            {
                Fail_NeedsLock(cause);
            }
        }
    }

    public void OnClientGone(long callSerial) => Fail(callSerial, ClientGone);

    private static CallFailure ClientGone =>
        new(new RouterStatus(StatusCode.Cancelled, RouterReasons.Cancelled, "The client cancelled the call."), CancelReason.Client);

    /// <inheritdoc/>
    protected override void OnTurn() => sendSignal.Set();

    private void Fail_NeedsLock(in CallFailure cause)
    {
        // A call that the instance has ended still waits for a client that does not read; that wait ends with the client or the deadline.
        bool waits = flushing && cause.Status.Code is (StatusCode.Cancelled or StatusCode.DeadlineExceeded);
        if (finished || failed || (ended && !waits))
        {
            return;
        }

        failed = true;
        failure = cause;
        receiveSignal.Set();
        sendSignal.Set();
        if (flushing)
        {
            leg.ResponseBody.CancelPendingFlush();
        }
    }

    private void Fail(in CallFailure cause)
    {
        lock (gate)
        {
            Fail_NeedsLock(cause);
        }
    }

    private void Fail(StatusCode code, string reason, string message, CancelReason cancel) =>
        Fail(new CallFailure(new RouterStatus(code, reason, message), cancel));

    private void Begin(ServiceRouter callRouter, RoutedMethod callMethod, ClientLeg callLeg)
    {
        router = callRouter;
        method = callMethod;
        leg = callLeg;
        Interlocked.Increment(ref router.LiveCalls);
    }

    private bool TryAdmit(out RouterStatus refusal)
    {
        RouterOptions options = router.Hub.Options;
        refusal = default;
        TimeSpan? timeout = options.MaxCallDuration < GrpcTimeout.Maximum ? options.MaxCallDuration : null;
        if (leg.TimeoutHeader is { } header)
        {
            if (!GrpcTimeout.TryParse(header, out TimeSpan asked))
            {
                refusal = new RouterStatus(StatusCode.Internal, RouterReasons.BadTimeout, "The grpc-timeout header is not up to eight digits and a unit.");
                return false;
            }

            timeout = timeout < asked ? timeout : asked;
        }

        if (timeout <= TimeSpan.Zero)
        {
            refusal = DeadlinePassed;
            return false;
        }

        int size = leg.WriteStart(startBlock);
        if (size > options.MaxMetadataSize)
        {
            refusal = new RouterStatus(StatusCode.ResourceExhausted, RouterReasons.MetadataTooLarge, $"The request metadata of {size} bytes is over the limit of {options.MaxMetadataSize}.");
            return false;
        }

        if (timeout is { } due)
        {
            hasDeadline = true;
            deadlineAt = router.Hub.Time.GetTimestamp() + (long)(due.TotalSeconds * router.Hub.Time.TimestampFrequency);
            router.Hub.Deadlines.Add(deadline, due, serial);
        }

        return true;
    }

    private static RouterStatus DeadlinePassed => new(StatusCode.DeadlineExceeded, RouterReasons.DeadlineExceeded, "The deadline passed at the router.");

    /// <summary>Lets go of the channel: withdraws the call there unless the instance has ended it.</summary>
    private void Release()
    {
        if (hasDeadline)
        {
            router.Hub.Deadlines.Remove(deadline);
        }

        if (channel is { } carrier)
        {
            carrier.Output.Leave(this);
            if (!started || ended)
            {
                carrier.Forget(id);
            }
            else
            {
                carrier.Withdraw(id, startBatch, failure.Reason);
            }

            receiveWindow.Close();
        }
    }

    /// <summary>Makes the object ready for another call.</summary>
    private void End()
    {
        ServiceRouter owner = router;
        lock (gate)
        {
            serial++;
            id = 0;
            channel = null;
            hasDeadline = false;
            finished = failed = false;
            failure = default;
            ResetRequests();
            ResetInbox();
        }

        leg = null!;
        router = null!;
        startBlock.Trim(KeptBytes);
        sendSignal.Reset();
        receiveSignal.Reset();
        Interlocked.Decrement(ref owner.LiveCalls);
        owner.Hub.Calls.Return(this);
    }

    private sealed class Deadline(RoutedCall call) : DeadlineEntry
    {
        // Judged by this timer alone: a clock read here could say that the deadline has not come, and make it a cancellation.
        public override void OnDue(long token) => call.Fail(token, new CallFailure(DeadlinePassed, CancelReason.Deadline));
    }
}
