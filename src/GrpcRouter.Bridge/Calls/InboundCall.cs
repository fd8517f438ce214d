using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// One call on a channel. The read loop gives it frames, a thread of the pool runs its handler, and whoever claims its end first,
/// be it the handler, the router's cancel, the deadline, a broken rule or the loss of the channel, decides how it ends.
/// </summary>
internal sealed partial class InboundCall : IThreadPoolWorkItem
{
    private const string Completed = "The call is complete.";

    // Longer than any timer can wait; such a call has a deadline to show but none that fires.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly IncomingMessage incoming = new();
    private CancellationTokenSource? cancellation;
    private ITimer? deadlineTimer;
    private ICompressionProvider? responseCompression;
    private string? outcome;
    private ReadOnlyMemory<byte>? pendingHeaders;
    private Task headersSent = Task.CompletedTask;
    private bool headersDecided;

    public InboundCall(RegistrationChannel channel, ulong id, MethodHandler method, CallOpening start)
    {
        Channel = channel;
        Id = id;
        Method = method;
        Start = start;
        Context = new CallContext(this);
        Requests = new RequestQueue(this, channel.NewReceiveWindow());
        Output = channel.NewOutput(this);
    }

    public RegistrationChannel Channel { get; }

    public ulong Id { get; }

    public MethodHandler Method { get; }

    public CallOpening Start { get; }

    public CallContext Context { get; }

    public RequestQueue Requests { get; }

    public ResponseOutput Output { get; }

    public DateTime Deadline { get; private set; } = DateTime.MaxValue;

    public bool HasEnded => Volatile.Read(ref outcome) is not null;

    /// <summary>Fires when the call is withdrawn: by the client, its deadline, or the loss of the channel.</summary>
    public CancellationToken Token
    {
        get
        {
            if (cancellation is null)
            {
                Interlocked.CompareExchange(ref cancellation, new CancellationTokenSource(), null);
                if (IsWithdrawn)
                {
                    cancellation.Cancel();
                }
            }

            return cancellation.Token;
        }
    }

    private bool IsWithdrawn => Volatile.Read(ref outcome) is { } reason && !ReferenceEquals(reason, Completed);

    private BridgeRuntime Bridge => Channel.Bridge;

    /// <summary>Starts the clock of the call.</summary>
    public void SetDeadline(ulong microseconds)
    {
        TimeSpan remaining = microseconds > (ulong)GrpcTimeout.Maximum.TotalMicroseconds
            ? GrpcTimeout.Maximum
            : TimeSpan.FromMicroseconds(microseconds);
        Deadline = Bridge.Time.GetUtcNow().UtcDateTime + remaining;
        if (remaining <= LongestTimer)
        {
            deadlineTimer = Bridge.Time.CreateTimer(
                static call => ((InboundCall)call!).Abort(StatusCode.DeadlineExceeded, "Deadline Exceeded"), this, remaining, Timeout.InfiniteTimeSpan);
        }
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

        if (frame.HalfClose)
        {
            Requests.HalfClose();
        }
    }

    /// <summary>Runs the handler.</summary>
    public void Execute() => _ = RunAsync();

    /// <summary>Claims the right to end the call. After it, nothing but the end is sent.</summary>
    /// <param name="reason">Why it is withdrawn; null when it completes.</param>
    public bool TryClaimEnd(string? reason = null)
    {
        if (Interlocked.CompareExchange(ref outcome, reason ?? Completed, null) is not null)
        {
            return false;
        }

        Channel.Forget(this);
        return true;
    }

    /// <summary>Ends the call before its handler does, and withdraws it from the handler.</summary>
    public void Abort(StatusCode code, string reason, bool notDispatched = false, ReadOnlyMemory<byte>? headers = null)
    {
        if (TryClaimEnd(reason))
        {
            CallEnding ending = CallEndings.End(new Status(code, reason), null, notDispatched, Channel.MetadataLimit) with { Headers = headers };
            Withdraw();
            Channel.SendEnd(this, ending);
        }
    }

    /// <summary>The channel is gone: withdraws the call without a word to anybody.</summary>
    public void Drop(string reason)
    {
        if (TryClaimEnd(reason))
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
    public void ThrowEnded() => throw (IsWithdrawn
        ? new OperationCanceledException($"The call has ended: {outcome}", Token)
        : new InvalidOperationException(Completed));

    private async Task RunAsync()
    {
        try
        {
            if (!HasEnded)
            {
                await Method.InvokeAsync(this);
            }
        }
        catch (Exception error)
        {
            Fail(error);
        }

        try
        {
            if (Context.OpenedScope is { } scope)
            {
                await scope.DisposeAsync();
            }
        }
        catch (Exception error)
        {
            BridgeLog.ScopeDisposeFailed(Bridge.Log, Method.FullName, error);
        }

        Channel.OnHandlerDone();
    }

    private void Fail(Exception error)
    {
        if (HasEnded)
        {
            BridgeLog.HandlerFailedAfterEnd(Bridge.Log, Method.FullName, outcome!, error);
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
        if (Volatile.Read(ref cancellation) is { } source)
        {
            _ = CancelAsync(source);
        }
    }

    private async Task CancelAsync(CancellationTokenSource source)
    {
        try
        {
            await source.CancelAsync();
        }
        catch (Exception error)
        {
            BridgeLog.CancelCallbackFailed(Bridge.Log, Method.FullName, error);
        }
    }

    private void Cleanup()
    {
        deadlineTimer?.Dispose();
        Requests.Close();
    }
}
