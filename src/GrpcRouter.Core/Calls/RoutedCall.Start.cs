using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <content>Frames to the instance, and the start of the call there.</content>
internal sealed partial class RoutedCall
{
    private void WriteFrame(FrameBuffer buffer, in Outgoing outgoing, long batch)
    {
        int frame = buffer.BeginFrame(id);
        if (!started)
        {
            started = true;
            startBatch = batch;
            WriteStart(buffer, named: outgoing.Kind == OutgoingKind.Whole);
        }

        switch (outgoing.Kind)
        {
            case OutgoingKind.Whole:
                buffer.WriteBytes(method.Number, outgoing.Data);
                break;
            case OutgoingKind.FirstFragment:
                buffer.WriteVarint(FrameField.MessageLength, requestLength);
                if (requestCompressed)
                {
                    buffer.WriteVarint(FrameField.Compressed, 1);
                }

                if (!outgoing.Data.IsEmpty)
                {
                    buffer.WriteBytes(FrameField.Fragment, outgoing.Data);
                }

                break;
            case OutgoingKind.Fragment:
                buffer.WriteBytes(FrameField.Fragment, outgoing.Data);
                break;
        }

        if (outgoing.HalfClose)
        {
            halfClosed = true;
            buffer.WriteVarint(FrameField.HalfClose, 1);
        }

        buffer.EndFrame(frame);
    }

    private void WriteStart(FrameBuffer buffer, bool named)
    {
        int start = buffer.BeginNested(FrameField.Opening);
        if (!named)
        {
            buffer.WriteVarint(CallStartFields.MethodField, (ulong)method.Number);
        }

        if (hasDeadline)
        {
            TimeProvider time = router.Hub.Time;
            double left = (deadlineAt - time.GetTimestamp()) / (double)time.TimestampFrequency;
            buffer.WriteVarint(CallStartFields.TimeoutField, (ulong)Math.Max(0, left * 1e6));
        }

        if (retries > 0)
        {
            PreviousAttempts.Write(buffer, leg, retries);
        }
        else
        {
            buffer.WriteRaw(leg.Start);
        }

        buffer.EndNested(start);
    }

    /// <summary>Picks an instance and gets an id on its channel.</summary>
    private bool TryStart()
    {
        if (channel is not null)
        {
            return true;
        }

        pickedFrom = router.Registry.Version;
        MethodRoutes now = plan.RoutesFor(leg.Tenant);
        if (target is null || now != routes)
        {
            target = now.Route(leg, router.Hub.Random);
            routes = now;
        }

        if (!router.TryPick(this, target, leg.Start.Length, out InstanceChannel? picked, out ulong pickedId, out RouterStatus refusal))
        {
            Fail(new CallFailure(refusal, CancelReason.Router, OfAttempt: true));
            return false;
        }

        BeginAttempt(picked);
        sendWindow.Reset(picked.RequestWindow);
        receiveWindow.Reset(picked.ResponseWindow, picked.MaxResponseWindow, picked.Budget);
        lock (gate)
        {
            channel = picked;
            id = pickedId;
        }

        // The channel may have been lost before this call could be told.
        if (picked.State == InstanceState.Closed)
        {
            OnChannelLost(picked, pickedId, picked.Loss);
            return false;
        }

        return true;
    }

    private void Unpick()
    {
        InstanceChannel carrier = channel!;
        ulong taken = id;
        lock (gate)
        {
            channel = null;
            id = 0;
        }

        attempts--;
        turns.GiveBack();
        if (attemptTimed)
        {
            attemptTimed = false;
            router.Hub.Deadlines.Remove(attemptTimer);
        }

        carrier.Forget(taken);
    }
}
