using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <content>The frames of the router.</content>
internal sealed partial class RegistrationChannel
{
    void IFrameHandler.OnFrame(in Frame frame)
    {
        if (frame.HasControl)
        {
            OnControl(frame.Control);
        }
        else if (answer is null)
        {
            throw new ProtocolViolationException("A call frame came before the registration was answered.");
        }
        else if (frame.HasOpening)
        {
            StartCall(frame);
        }
        else if (calls.Find(frame.CallId) is { } call)
        {
            call.OnFrame(frame);
        }
    }

    IThreadPoolWorkItem? IFrameHandler.OnBatchEnd()
    {
        pulse?.OnReceived();
        return null;
    }

    private void StartCall(in Frame frame)
    {
        if (!CallStartFields.TryRead(frame.Opening, out CallStartFields start))
        {
            throw new ProtocolViolationException($"The start of call {frame.CallId} cannot be read.");
        }

        uint number = start.Method != 0 ? start.Method : frame.PayloadField;
        if (number == 0 || (frame.PayloadField != 0 && frame.PayloadField != number))
        {
            throw new ProtocolViolationException(
                $"The start of call {frame.CallId} names method {start.Method} and carries a payload of field {frame.PayloadField}.");
        }

        if (drainAcknowledged.Task.IsCompleted)
        {
            throw new ProtocolViolationException($"Call {frame.CallId} starts after the drain was acknowledged.");
        }

        if (calls.Find(frame.CallId) is not null)
        {
            throw new ProtocolViolationException($"Call {frame.CallId} starts while it is running.");
        }

        if (!Bridge.Methods.TryGetValue(number, out MethodHandler? method))
        {
            Status status = new(StatusCode.Unimplemented, $"This instance of {Bridge.Service.FullName} has no method with the number {number}.");
            Counter.Add(status.StatusCode);
            SendEnd(frame.CallId, null, CallEndings.End(status, null, notDispatched: true, MetadataLimit));
            return;
        }

        if (Bridge.Allowed?.Check(number, frame.Opening) is { } refusal)
        {
            Counter.Add(refusal.StatusCode);
            SendEnd(frame.CallId, null, CallEndings.End(refusal, null, notDispatched: true, MetadataLimit));
            return;
        }

        bool whole = method.TakesOneMessage && frame.PayloadField != 0 && frame.HalfClose;
        InboundCall call = (whole && method.IsUnary ? pool.Rent() : null) ?? new InboundCall(this);
        call.Open(frame.CallId, method, new CallOpening(frame.Opening.ToArray()), whole);
        calls.Add(call);
        if (start.HasTimeout && start.TimeoutMicroseconds == 0)
        {
            call.Abort(StatusCode.DeadlineExceeded, "Deadline Exceeded", notDispatched: true);
            return;
        }

        call.OnFrame(frame);
        if (!call.HasEnded)
        {
            if (start.HasTimeout)
            {
                call.SetDeadline(start.TimeoutMicroseconds);
            }

            Interlocked.Increment(ref handlers);
            starter.Add(call);
        }
    }

    private void OnControl(ReadOnlySpan<byte> serialized)
    {
        RouterControl control;
        try
        {
            control = RouterControl.Parser.ParseFrom(serialized);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new ProtocolViolationException($"A channel frame cannot be read: {error.Message}");
        }

        switch (control.KindCase)
        {
            case RouterControl.KindOneofCase.Registered:
                OnRegistered(control.Registered);
                break;
            case RouterControl.KindOneofCase.Error:
                throw new ChannelEndException(ChannelEnds.FromError(control.Error));
            case RouterControl.KindOneofCase.Ping:
                ControlFrames.Send(output, new InstanceControl { Pong = new Pong { Nonce = control.Ping.Nonce } });
                break;
            case RouterControl.KindOneofCase.Pong:
                pulse?.OnPong(control.Pong.Nonce);
                break;
            case RouterControl.KindOneofCase.Drain:
                ControlFrames.Send(output, new InstanceControl { DrainAck = new DrainAck() });
                drainRequested.TrySetResult();
                SignalDrain();
                break;
            case RouterControl.KindOneofCase.Renew when CanRenew:
                renewRequested.TrySetResult();
                break;
            case RouterControl.KindOneofCase.DrainAck when drainSent:
                drainAcknowledged.TrySetResult();
                break;
        }
    }

    private void OnRegistered(Registered message)
    {
        if (answer is not null)
        {
            throw new ProtocolViolationException("The registration was answered twice.");
        }

        RegistrationHello.Check(message);
        int frameRoom = (int)Math.Min(message.MaxFrameSize, int.MaxValue) - FrameReserve;
        int routerLimit = message.MaxMetadataSize == 0 ? int.MaxValue : (int)Math.Min(message.MaxMetadataSize, int.MaxValue);
        MetadataLimit = Math.Min(Bridge.Options.MaxMetadataSize, Math.Min(routerLimit, frameRoom));
        MessageLimit = message.MaxMessageSize == 0 ? long.MaxValue : message.MaxMessageSize;
        CanRenew = message.Features.Contains(RegistrationHello.RenewFeature);
        pulse = new ChannelPulse(Bridge, output, () => EndNow(new ChannelEnd(ChannelEndKind.Lost, "the router gave no sign of life")));
        registeredAt = Bridge.Time.GetTimestamp();
        answer = message;
        BridgeLog.Registered(Bridge.Log, Bridge.Service.FullName, router, message.RouterId, stripe);
        Bridge.Load.Attach(this, helloVersion);
        registered.TrySetResult();
    }
}
