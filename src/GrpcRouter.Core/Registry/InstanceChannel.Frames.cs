using Google.Protobuf;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <content>Frames in and out.</content>
public sealed partial class InstanceChannel
{
    // What may still come for a call that was withdrawn, or its largest window if that is more: the line holds it, whatever credit there was.
    private const int LateBytes = 4 * 1024 * 1024;

    private bool endsWhenIdle;
    private string drainReason = "";
    private RoutedCall? ready;
    private RoutedCall? latest;
    private ulong latestId;
    private int latestWithdrawals;
    private int withdrawals;
    private bool flooded;

    void IFrameHandler.OnFrame(in Frame frame)
    {
        // The rest of a batch whose beginning ended the channel.
        if (ended)
        {
            return;
        }

        if (frame.HasControl)
        {
            Judge(rates.AllowsControl(), "frames of the channel's own");
            OnControl(frame.Control);
            return;
        }

        if (State == InstanceState.Connecting)
        {
            throw new ProtocolViolationException("The first frame is not Hello.");
        }

        if (frame.HalfClose || frame.HasCancel)
        {
            throw new ProtocolViolationException($"Call {frame.CallId}: half_close and cancel go to instances only.");
        }

        Judge(rates.Allows(frame), "frames that carry nothing");

        // A stream's messages come in runs. The call itself drops what comes when it is over.
        if (frame.CallId == latestId && !frame.HasEnd && Volatile.Read(ref withdrawals) == latestWithdrawals)
        {
            Deliver(latest!, frame);
            return;
        }

        latestId = 0;
        latestWithdrawals = Volatile.Read(ref withdrawals);
        SlotState slot = frame.HasEnd ? Calls.Take(frame.CallId, out RoutedCall? call) : Calls.Find(frame.CallId, out call);
        switch (slot)
        {
            case SlotState.Live:
                if (!frame.HasEnd)
                {
                    (latestId, latest) = (frame.CallId, call);
                }

                Deliver(call!, frame);
                break;
            case SlotState.Withdrawn:
                if (!frame.HasEnd && !Calls.TrySpend(frame.CallId, FrameField.PrefixLength + frame.Opening.Length + frame.Payload.Length + frame.Fragment.Length))
                {
                    throw new ProtocolViolationException($"Call {frame.CallId} was cancelled, and more came for it than it had credit for.");
                }

                break;

            // Credit may cross the end of the call; nothing else is due after it.
            case SlotState.Over when !frame.HasOpening && !frame.HasMessageData && !frame.HasEnd:
                return;
            default:
                throw new ProtocolViolationException($"Call {frame.CallId} is not under way on this channel.");
        }

        if (frame.HasEnd && endsWhenIdle)
        {
            EndWhenIdle();
        }
    }

    // The last call that a batch made ready is served by this thread, the others by the pool.
    IThreadPoolWorkItem? IFrameHandler.OnBatchEnd()
    {
        keepAlive.OnReceived(router.Hub.Time.GetTimestamp());
        RoutedCall? last = ready;
        ready = null;
        return last;
    }

    private void Deliver(RoutedCall call, in Frame frame)
    {
        try
        {
            if (!call.OnFrame(this, frame.CallId, frame))
            {
                return;
            }
        }
        catch (ProtocolViolationException) when (frame.HasEnd)
        {
            // Its id is free already, so the end of the channel will not find it.
            call.OnChannelLost(this, frame.CallId, Loss);
            throw;
        }

        if (ready is { } earlier)
        {
            ThreadPool.UnsafeQueueUserWorkItem(earlier, preferLocal: true);
        }

        ready = call;
    }

    private void Judge(bool allowed, string what)
    {
        if (!allowed)
        {
            flooded = true;
            throw new ProtocolViolationException($"The instance sent more {what} than it may.");
        }
    }

    internal void SendCredit(ulong id, long bytes)
    {
        FrameBuffer buffer = Output.EnterControl();
        int frame = buffer.BeginFrame(id);
        buffer.WriteVarint(FrameField.Credit, (ulong)bytes);
        buffer.EndFrame(frame);
        Output.Exit();
    }

    /// <summary>Withdraws a call that was started, unless the instance has ended it.</summary>
    internal void Withdraw(ulong id, long startBatch, CancelReason reason)
    {
        if (!Calls.Withdraw(id, Math.Max(LateBytes, options.MaxCallWindow)))
        {
            return;
        }

        Interlocked.Increment(ref withdrawals);

        FrameBuffer control = Output.EnterControl();

        // A start that has not left yet must not be overtaken: the instance would ignore the cancel and run the call.
        FrameBuffer buffer = Output.Batch == startBatch ? Output.InOrder : control;
        int frame = buffer.BeginFrame(id);
        int cancel = buffer.BeginNested(FrameField.Cancel);
        buffer.WriteVarint(CallCancel.ReasonFieldNumber, (ulong)reason);
        buffer.EndNested(cancel);
        buffer.EndFrame(frame);
        Output.Exit();
    }

    /// <summary>Frees an id: the instance has ended the call, or never heard of it.</summary>
    internal void Forget(ulong id)
    {
        Calls.Remove(id);
        if (endsWhenIdle)
        {
            EndWhenIdle();
        }
    }

    private void EndWhenIdle()
    {
        if (Calls.Count == 0)
        {
            End(ChannelErrorCode.Shutdown, drainReason);
        }
    }

    private void OnControl(ReadOnlySpan<byte> message)
    {
        InstanceControl control;
        try
        {
            control = InstanceControl.Parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new ProtocolViolationException($"A channel frame cannot be read: {error.Message}");
        }

        if (State == InstanceState.Connecting != (control.KindCase == InstanceControl.KindOneofCase.Hello)
            && control.KindCase != InstanceControl.KindOneofCase.Error)
        {
            throw new ProtocolViolationException(State == InstanceState.Connecting ? "The first frame is not Hello." : "Hello came twice.");
        }

        switch (control.KindCase)
        {
            case InstanceControl.KindOneofCase.Hello:
                Register(control.Hello);
                break;
            case InstanceControl.KindOneofCase.Ping:
                Send(new RouterControl { Pong = new Pong { Nonce = control.Ping.Nonce } });
                break;
            case InstanceControl.KindOneofCase.Pong:
                RoundTripTicks = Math.Max(1, router.Hub.Time.GetTimestamp() - (long)control.Pong.Nonce);
                break;
            case InstanceControl.KindOneofCase.Drain:
                router.Hub.Log.ChannelDraining(router.Service.FullName, InstanceId, Peer, PeerText.Line(control.Drain.Reason));
                AuditDrain(PeerText.Line(control.Drain.Reason), Drainers.Instance);
                StopStarts(new RouterControl { DrainAck = new DrainAck() }, Drainers.Instance);
                break;
            case InstanceControl.KindOneofCase.LoadReport:
                TakeReport(control.LoadReport);
                break;
            case InstanceControl.KindOneofCase.Error:
                router.Hub.Log.ChannelErrorReported(router.Service.FullName, InstanceId, Peer, control.Error.Code, PeerText.Line(control.Error.Message));
                ended = true;
                reader.Wake();
                break;
        }
    }

    private void TakeReport(LoadReport report)
    {
        if (Instance.TakeReport(report, router.Hub.Time.GetTimestamp()))
        {
            router.Hub.Log.HealthChanged(router.Service.FullName, InstanceId, Instance.Health, PeerText.Line(report.HealthReason));
            router.Registry.Update(Instance);
        }
    }

    /// <summary>Takes the channel out of the pick, and writes a frame behind the last start.</summary>
    /// <returns>False when the channel has not registered.</returns>
    private bool StopStarts(RouterControl last, string drainer)
    {
        if (Interlocked.CompareExchange(ref state, (int)InstanceState.Draining, (int)InstanceState.Ready) == (int)InstanceState.Ready)
        {
            router.Registry.Withdraw(this);
        }
        else if (State != InstanceState.Draining)
        {
            return false;
        }

        Interlocked.CompareExchange(ref drainedBy, drainer, null);

        // From here on the count of calls can only fall, so a channel that is idle stays idle and may be closed.
        Calls.StopAdding();
        Output.EnterControl();
        AcceptsStarts = false;
        WriteControl(Output.InOrder, last);
        Output.Exit();
        return true;
    }

    private void SendPing(long now) => Send(new RouterControl { Ping = new Ping { Nonce = (ulong)now } });

    private void Send(RouterControl control)
    {
        WriteControl(Output.EnterControl(), control);
        Output.Exit();
    }

    private static void WriteControl(FrameBuffer buffer, RouterControl control)
    {
        int frame = buffer.BeginFrame(0);
        int size = control.CalculateSize();
        buffer.WriteLengthPrefix(FrameField.Control, size);
        control.WriteTo(buffer.GetSpan(size)[..size]);
        buffer.Advance(size);
        buffer.EndFrame(frame);
    }
}
