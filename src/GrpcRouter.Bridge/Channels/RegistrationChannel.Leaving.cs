using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <content>How a channel ends in order.</content>
internal sealed partial class RegistrationChannel
{
    /// <summary>
    /// Leaves in order: tells the router, serves what it still starts until it knows, gives the running calls time to end, ends the
    /// rest, and closes the stream.
    /// </summary>
    /// <param name="reason">For the router's operators.</param>
    /// <param name="grace">Time the running calls have; infinite: as long as they take.</param>
    /// <param name="hurry">Cuts the time short.</param>
    public async Task DrainAsync(string reason, TimeSpan grace, CancellationToken hurry)
    {
        using CancellationTokenSource limit = new(grace, Bridge.Time);
        using CancellationTokenSource waiting = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, hurry, lifetime.Token);
        drainSent = true;
        Drain drain = new() { Reason = reason };
        if (grace != Timeout.InfiniteTimeSpan)
        {
            drain.GraceUs = (ulong)grace.TotalMicroseconds;
        }

        ControlFrames.Send(output, new InstanceControl { Drain = drain });

        // Only now: the router is to know of the drain before it sees the ends of streams that were told of it.
        SignalDrain();
        try
        {
            await drainAcknowledged.Task.WaitAsync(waiting.Token).ConfigureAwait(false);
            draining = true;
            SignalIfIdle();
            await idle.Task.WaitAsync(waiting.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lifetime.IsCancellationRequested)
        {
            // The channel is lost, and its calls with it.
        }
        catch (OperationCanceledException)
        {
            BridgeLog.CallsCutOff(Bridge.Log, Bridge.Service.FullName, router, LiveCalls);
        }

        await LeaveAsync(new ChannelEnd(ChannelEndKind.Stopped, "the bridge stopped")).ConfigureAwait(false);
    }

    /// <summary>After the router's own drain: waits for the running calls and closes the stream.</summary>
    public async Task RetireAsync()
    {
        draining = true;
        SignalIfIdle();
        await Task.WhenAny(idle.Task, closed.Task).ConfigureAwait(false);
        await LeaveAsync(new ChannelEnd(ChannelEndKind.Lost, "the router drained the channel")).ConfigureAwait(false);
    }

    private void SignalDrain() => _ = SignalDrainAsync();

    // Away from the thread that noticed: what handlers do about it may take any time.
    private async Task SignalDrainAsync()
    {
        try
        {
            await drainSignal.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            BridgeLog.DrainCallbackFailed(Bridge.Log, Bridge.Service.FullName, error);
        }
    }

    private async Task SendViolationAsync(ProtocolViolationException violation, Stream body)
    {
        ControlFrames.SendLast(output, ChannelErrorCode.Violation, violation.Message);
        await FlushAsync().ConfigureAwait(false);
        content.Close();
        await WithinReasonAsync(ReadToEndAsync(body)).ConfigureAwait(false);
    }

    // Hanging up at once would reset the stream, and the reset may overtake the reason.
    private Task ReadToEndAsync(Stream body) => body.CopyToAsync(Stream.Null, lifetime.Token);

    private async Task LeaveAsync(ChannelEnd reason)
    {
        foreach (InboundCall call in calls.ToList())
        {
            call.Abort(StatusCode.Unavailable, "The instance is stopping.");
        }

        Interlocked.CompareExchange(ref end, reason, null);
        leaving = true;
        SignalIfIdle();
        await WithinReasonAsync(endsSent.Task).ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
        content.Close();
        await WithinReasonAsync(closed.Task).ConfigureAwait(false);
        lifetime.Cancel();
    }

    private async Task FlushAsync()
    {
        output.Complete();
        await WithinReasonAsync(output.Completion).ConfigureAwait(false);
    }

    // A router that does not read or does not hang up must not keep the bridge from leaving.
    private async Task WithinReasonAsync(Task step)
    {
        try
        {
            await step.WaitAsync(Bridge.Options.ConnectTimeout, Bridge.Time, lifetime.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            BridgeLog.LeaveCutShort(Bridge.Log, Bridge.Service.FullName, router, error.Message);
        }
    }

    private void SignalIfIdle()
    {
        if (draining && calls.Count == 0 && LiveHandlers == 0 && Volatile.Read(ref pendingEnds) == 0)
        {
            idle.TrySetResult();
        }

        if (leaving && Volatile.Read(ref pendingEnds) == 0)
        {
            endsSent.TrySetResult();
        }
    }
}
