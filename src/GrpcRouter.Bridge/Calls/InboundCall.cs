using System.Runtime.CompilerServices;
using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// One call on a channel. The read loop gives it frames, a thread of the pool runs its handler, and whoever claims its end first,
/// be it the handler, the router's cancel, the deadline, a broken rule or the loss of the channel, decides how it ends.
/// </summary>
/// <remarks>
/// A unary call whose request came whole, and whose handler completed it, serves another call afterwards. Whoever may come late is kept out: frames by the
/// channel's table and its one reader, the deadline by the count of uses, user code by <see cref="CallContext.TryPart"/>.
/// </remarks>
internal sealed partial class InboundCall
{
    private const string Completed = "The call is complete.";

    private const long Live = 0;
    private const long Ended = 1;
    private const long Withdrawn = 2;
    private const long Outcome = 3;
    private const long Use = 4;

    private readonly IncomingMessage incoming = new();
    private readonly CallDeadline deadline;
    private readonly WholeRequest whole = new();
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter rest;
    private Action? onHandled;
    private RequestQueue? queue;
    private ICompressionProvider? responseCompression;
    private string? reason;
    private ReadOnlyMemory<byte>? pendingHeaders;
    private Task headersSent = Task.CompletedTask;
    private bool headersDecided;
    private bool hasDeadline;
    private bool endFollows;
    private bool leftUnflushed;

    // The outcome in the lowest bits, above them how often the object has been used: so that both are claimed in one step.
    private long state;

    public InboundCall(RegistrationChannel channel)
    {
        Channel = channel;
        Output = channel.NewOutput(this);
        deadline = new CallDeadline(this);
    }

    public RegistrationChannel Channel { get; }

    public ulong Id { get; private set; }

    public MethodHandler Method { get; private set; } = null!;

    public CallContext Context { get; private set; } = null!;

    /// <summary>The request messages, unless the request is whole.</summary>
    public RequestQueue? Requests => queue;

    public ResponseOutput Output { get; }

    public bool HasEnded => (Volatile.Read(ref state) & Outcome) != Live;

    /// <summary>The next in the pool.</summary>
    public InboundCall? NextIdle { get; set; }

    /// <summary>How many the pool holds from here on.</summary>
    public int IdleCount { get; set; }

    private BridgeRuntime Bridge => Channel.Bridge;

    /// <summary>Starts over for a call. Only the reader of the channel does.</summary>
    /// <param name="id">Names the call.</param>
    /// <param name="method">What is called.</param>
    /// <param name="opening">What the call was opened with.</param>
    /// <param name="wholeRequest">The first frame brings all of the request.</param>
    public void Open(ulong id, MethodHandler method, CallOpening opening, bool wholeRequest)
    {
        Id = id;
        Method = method;
        Context = new CallContext(this, Channel, method, opening);
        queue = wholeRequest ? null : new RequestQueue(this, Channel.NewReceiveWindow());
        Output.Reset();
        responseCompression = null;
        reason = null;
        pendingHeaders = null;
        headersSent = Task.CompletedTask;
        headersDecided = hasDeadline = endFollows = leftUnflushed = false;
        Volatile.Write(ref state, (Volatile.Read(ref state) & ~Outcome) + Use);
    }

    /// <summary>Starts the clock of the call.</summary>
    public void SetDeadline(ulong microseconds)
    {
        TimeSpan remaining = microseconds > (ulong)GrpcTimeout.Maximum.TotalMicroseconds
            ? GrpcTimeout.Maximum
            : TimeSpan.FromMicroseconds(microseconds);
        Context.LatestEnd = Bridge.Time.GetUtcNow().UtcDateTime + remaining;
        hasDeadline = true;
        Bridge.Deadlines.Add(deadline, remaining, Volatile.Read(ref state) & ~Outcome);
    }

    /// <summary>Takes the parts of a frame that concern this call. Runs on the read loop.</summary>
    /// <exception cref="ProtocolViolationException">The frame may not come now.</exception>
    public void OnFrame(in Frame frame)
    {
        if (frame.HasCancel)
        {
            Cancellation.Abort(this, frame.Cancel);
            return;
        }

        if (frame.Credit > 0 && !Output.TryGrant(frame.Credit))
        {
            Abort(StatusCode.Internal, "The router granted more credit than a window may hold.");
            return;
        }

        if (frame.HasMessageData && !OnMessageData(frame))
        {
            return;
        }

        if (frame.HalfClose && queue is not null)
        {
            queue.HalfClose();
        }
        else if (frame.HalfClose && !frame.HasOpening && !HasEnded)
        {
            throw Violation("a second half-close");
        }
    }

    /// <summary>Runs the handler.</summary>
    /// <returns>True when it has left a frame in the output without seeing to the flush.</returns>
    public bool Run()
    {
        ValueTask handling = default;
        try
        {
            if (!HasEnded)
            {
                handling = Method.InvokeAsync(this);
            }
        }
        catch (Exception error)
        {
            Fail(error);
        }

        // Read now: once the call is finished, the object may be another.
        bool unflushed = leftUnflushed;
        rest = handling.ConfigureAwait(false).GetAwaiter();
        if (rest.IsCompleted)
        {
            OnHandled();
        }
        else
        {
            rest.UnsafeOnCompleted(onHandled ??= OnHandled);
        }

        return unflushed;
    }

    /// <summary>Claims the right to complete the call with the status of its context. After it, nothing but the end is sent.</summary>
    public bool TryClaimEnd()
    {
        long seen = Volatile.Read(ref state);
        return (seen & Outcome) == Live && TryClaimEnd(seen, Context.Status.StatusCode, why: null);
    }

    /// <summary>Ends the call before its handler does, and withdraws it from the handler.</summary>
    public void Abort(StatusCode code, string why, bool notDispatched = false, ReadOnlyMemory<byte>? headers = null)
    {
        if (TryWithdraw(code, why))
        {
            SendAbort(code, why, notDispatched, headers);
        }
    }

    /// <summary>The deadline of one of the object's uses has come.</summary>
    public void OnDeadline(long use)
    {
        const string Why = "Deadline Exceeded";
        if (TryClaimEnd(use, StatusCode.DeadlineExceeded, Why))
        {
            SendAbort(StatusCode.DeadlineExceeded, Why, notDispatched: false, headers: null);
        }
    }

    /// <summary>The channel is gone: withdraws the call without a word to anybody.</summary>
    public void Drop(string why)
    {
        if (TryWithdraw(StatusCode.Unavailable, why))
        {
            Withdraw();
        }
    }

    /// <summary>Ends the call with the status and trailers of its context.</summary>
    public void Complete()
    {
        if (TryClaimEnd())
        {
            CallEnding ending = Ending() with { Headers = pendingHeaders };
            endFollows = true;
            Cleanup();
            Channel.SendEnd(this, ending);
        }
    }

    /// <summary>Returns credit for request bytes, unless the call has ended.</summary>
    public void SendCredit(long credit)
    {
        if (credit > 0 && !HasEnded)
        {
            Channel.SendCredit(this, credit);
        }
    }

    public ProtocolViolationException Violation(string what) => new($"Call {Id} of {Method.FullName}: {what}.");

    public void ThrowIfEnded(bool closed)
    {
        if (closed)
        {
            ThrowEnded();
        }
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public void ThrowEnded() => throw ((Volatile.Read(ref state) & Outcome) == Withdrawn
        ? new OperationCanceledException($"The call has ended: {reason}", Context.Token)
        : new InvalidOperationException(Completed));

    private bool TryWithdraw(StatusCode code, string why)
    {
        long seen = Volatile.Read(ref state);
        return (seen & Outcome) == Live && TryClaimEnd(seen, code, why);
    }

    private bool TryClaimEnd(long seen, StatusCode code, string? why)
    {
        if (Interlocked.CompareExchange(ref state, seen | (why is null ? Ended : Withdrawn), seen) != seen)
        {
            return false;
        }

        reason = why;
        Channel.Counter.Add(code);
        Channel.Forget(this);
        return true;
    }

    private void SendAbort(StatusCode code, string why, bool notDispatched, ReadOnlyMemory<byte>? headers)
    {
        CallEnding ending = CallEndings.End(new Status(code, why), null, notDispatched, Channel.MetadataLimit) with { Headers = headers };
        Withdraw();
        Channel.SendEnd(this, ending);
    }

    private void OnHandled()
    {
        try
        {
            rest.GetResult();
        }
        catch (Exception error)
        {
            Fail(error);
        }

        rest = default;
        if (Context.OpenedScope is { } scope)
        {
            _ = FinishAsync(scope);
        }
        else
        {
            Finish();
        }
    }

    private async Task FinishAsync(CallScope scope)
    {
        try
        {
            await scope.DisposeAsync();
        }
        catch (Exception error)
        {
            BridgeLog.ScopeDisposeFailed(Bridge.Log, Method.FullName, error);
        }

        Finish();
    }

    // Last: with this the object may be another call.
    private void Finish()
    {
        RegistrationChannel channel = Channel;
        if (queue is null && Method.IsUnary && !endFollows && (Volatile.Read(ref state) & Outcome) == Ended && Context.TryPart())
        {
            Context = null!;
            whole.Poison();
            channel.Reuse(this);
        }

        channel.OnHandlerDone();
    }

    private void Fail(Exception error)
    {
        if (HasEnded)
        {
            BridgeLog.HandlerFailedAfterEnd(Bridge.Log, Method.FullName, reason ?? Completed, error);
            return;
        }

        if (error is RpcException rpc)
        {
            BridgeLog.HandlerStatus(Bridge.Log, Method.FullName, rpc.StatusCode, rpc);
            Context.Status = rpc.Status;
            foreach (Metadata.Entry entry in rpc.Trailers)
            {
                Context.ResponseTrailers.Add(entry);
            }
        }
        else
        {
            BridgeLog.HandlerFailed(Bridge.Log, Method.FullName, error);
            Context.Status = new Status(StatusCode.Unknown, HandlerError.Describe(error, Bridge.DetailedErrors));
        }

        if (Context.Status.StatusCode == StatusCode.OK)
        {
            Context.Status = new Status(StatusCode.Unknown, HandlerError.Describe(error, Bridge.DetailedErrors));
        }

        Complete();
    }

    private void Withdraw()
    {
        Cleanup();
        Output.Wake();
        Context.Withdraw();
    }

    private void Cleanup()
    {
        if (hasDeadline)
        {
            Bridge.Deadlines.Remove(deadline);
        }

        queue?.Close();
    }
}
