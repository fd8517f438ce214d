using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <content>The request: it is read as a whole before the first attempt, if it may be kept.</content>
internal sealed partial class HedgedCall
{
    // The attempt reads the request itself, because it may not be kept. There is no other then.
    private bool direct;

    private async Task ReadRequestAsync()
    {
        bool once = true;
        try
        {
            once = !await TryReadMessageAsync(leg.RequestBody).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            FailReading(error);
        }

        lock (gate)
        {
            reading = false;
            next = NextHedge.Now;
            if (once)
            {
                most = 1;
            }
        }

        Step();
    }

    /// <returns>False when there is to be one attempt only.</returns>
    private async ValueTask<bool> TryReadMessageAsync(PipeReader reader)
    {
        int room = 0;
        while (true)
        {
            ReadResult result = await reader.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            if (IsDecided)
            {
                reader.AdvanceTo(buffer.Start);
                return false;
            }

            if (room == 0)
            {
                if (!MessagePrefix.TryRead(buffer, out _, out uint length))
                {
                    reader.AdvanceTo(buffer.Start, buffer.End);
                    if (result.IsCompleted)
                    {
                        direct = true;
                        return false;
                    }

                    continue;
                }

                // With the prefix of a second message, which there must not be, the attempt can say so.
                long needed = FrameField.PrefixLength + (long)length + FrameField.PrefixLength;
                if (length > limits.MaxRequestMessage || !request.TryReserve(needed, router.Hub))
                {
                    reader.AdvanceTo(buffer.Start);
                    direct = true;
                    return false;
                }

                room = (int)needed;
            }

            ReadOnlySequence<byte> taken = buffer.Slice(0, Math.Min(buffer.Length, room - request.Length));
            request.Append(taken, router.Hub);
            reader.AdvanceTo(taken.End);
            if (result.IsCompleted || request.Length == room)
            {
                // What is not one message fails the same way wherever it is sent.
                return request.Length == room - FrameField.PrefixLength;
            }
        }
    }

    private bool IsDecided
    {
        get
        {
            lock (gate)
            {
                return verdict is not null;
            }
        }
    }

    private void FailReading(Exception error)
    {
        CallFailure cause = CallFailure.ClientGone;
        if (error is not (IOException or OperationCanceledException))
        {
            router.Hub.Log.CallBroken(router.Service.FullName, method.Name, error);
            cause = new CallFailure(new RouterStatus(StatusCode.Internal, RouterReasons.BadRequest, "The router could not relay the request."), CancelReason.Router);
        }

        lock (gate)
        {
            verdict ??= cause;
        }
    }
}
