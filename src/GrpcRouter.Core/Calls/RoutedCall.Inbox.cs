using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <content>The inbox: takes the instance's frames on the channel's read loop and keeps them until the response pump comes.</content>
internal sealed partial class RoutedCall
{
    private readonly FrameBuffer headerBlock = new();
    private readonly FrameBuffer endBlock = new();
    private ResponseBytes inbound = new();
    private bool headersCame;
    private bool headersTaken;
    private bool ended;
    private int responseMessages;
    private ulong responseRemaining;
    private bool insideResponse;

    private void ResetInbox()
    {
        if (headerBlock.Length > 0)
        {
            headerBlock.Trim(KeptBytes);
        }

        if (endBlock.Length > 0)
        {
            endBlock.Trim(KeptBytes);
        }

        inbound.Trim(KeptBytes);
        draining.Trim(KeptBytes);
        headersCame = headersTaken = ended = insideResponse = headersSet = pumping = heldBack = hasRest = false;
        responseMessages = 0;
        responseRemaining = 0;
        responsePacer?.Reset();
    }

    /// <summary>
    /// Takes a frame. The call may be over, and its object serve another, perhaps with the same id on another channel: then the frame is dropped.
    /// </summary>
    /// <returns>True when the caller is to execute this object soon, on any thread.</returns>
    /// <exception cref="ProtocolViolationException">The frame breaks a rule that ends the channel.</exception>
    public bool OnFrame(InstanceChannel from, ulong callId, in Frame frame)
    {
        lock (gate)
        {
            if (callId != id || from != channel || finished || failed)
            {
                return false;
            }

            if (frame.Credit != 0)
            {
                if (!sendWindow.TryGrant(frame.Credit))
                {
                    throw new ProtocolViolationException($"Call {callId} was granted credit beyond {SendWindow.Maximum}.");
                }

                Signal_NeedsLock();
            }

            if (frame.HasOpening)
            {
                TakeHeaders_NeedsLock(callId, frame);
            }

            if (frame.HasMessageData)
            {
                TakeMessage_NeedsLock(callId, frame);
            }

            if (frame.HasEnd && !failed)
            {
                endBlock.WriteRaw(frame.End);
                ended = true;
            }

            return (frame.HasOpening || frame.HasMessageData || frame.HasEnd) && TryWake_NeedsLock();
        }
    }

    private void TakeHeaders_NeedsLock(ulong callId, in Frame frame)
    {
        if (headersCame || responseMessages > 0)
        {
            throw new ProtocolViolationException($"Call {callId} got headers {(headersCame ? "twice" : "after a message")}.");
        }

        headersCame = true;
        headerBlock.WriteRaw(frame.Opening);
    }

    private void TakeMessage_NeedsLock(ulong callId, in Frame frame)
    {
        bool begins = frame.PayloadField != 0 || frame.HasMessageLength;
        if (begins == insideResponse || (frame.PayloadField != 0 && (frame.HasFragment || frame.HasMessageLength || frame.Compressed)))
        {
            throw new ProtocolViolationException(insideResponse
                ? $"Call {callId} got a message inside another."
                : $"Call {callId} got a fragment without message_length, or a payload beside a fragment, message_length or compressed.");
        }

        if (frame.PayloadField != 0 && frame.PayloadField != method.Number)
        {
            throw new ProtocolViolationException($"Call {callId} is for field {method.Number}; the instance answered with field {frame.PayloadField}.");
        }

        ReadOnlySpan<byte> data = frame.PayloadField != 0 ? frame.Payload : frame.Fragment;
        if (begins && !TryBeginResponse_NeedsLock(frame.PayloadField != 0 ? (ulong)data.Length : frame.MessageLength, frame.Compressed))
        {
            return;
        }

        if ((ulong)data.Length > responseRemaining)
        {
            throw new ProtocolViolationException($"Call {callId} got {data.Length} bytes where {responseRemaining} are left of the message.");
        }

        if (!receiveWindow.TryReceive(data.Length + (begins ? FrameField.PrefixLength : 0)))
        {
            MarkFailed_NeedsLock(new CallFailure(new RouterStatus(StatusCode.Internal, RouterReasons.CreditOverrun, "The instance sent more than it had credit for."), CancelReason.Violation));
            return;
        }

        inbound.Write(data);
        responseRemaining -= (ulong)data.Length;
        insideResponse = responseRemaining > 0;
    }

    private bool TryBeginResponse_NeedsLock(ulong length, bool compressed)
    {
        if (length > (ulong)limits.MaxResponseMessage)
        {
            MarkFailed_NeedsLock(MessageRefusal.TooLarge(router.Service, ReasonKeys.Response, length, limits.MaxResponseMessage));
            return false;
        }

        if (!method.ServerStreams && responseMessages > 0)
        {
            MarkFailed_NeedsLock(new CallFailure(new RouterStatus(StatusCode.Unimplemented, RouterReasons.Cardinality, $"{router.Service.FullName}/{method.Name} answers with one message; the instance sent more."), CancelReason.Violation));
            return false;
        }

        if (limits.ResponsePace is { } pace && !TryPaceResponse_NeedsLock(pace))
        {
            return false;
        }

        responseMessages++;
        responseRemaining = length;
        inbound.WritePrefix((uint)length, compressed);
        return true;
    }
}
