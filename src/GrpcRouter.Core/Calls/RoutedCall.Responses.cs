using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <content>The response pump: passes on what the inbox holds, and gives credit for what the client has taken.</content>
internal sealed partial class RoutedCall
{
    private ResponseBytes draining = new();
    private const string DetailsKey = "grpc-status-details-bin";

    private readonly Action onFlushed;
    private ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter flush;
    private int flushed;
    private bool headersSet;
    private bool flushing;

    // A thread is in the pump, or on its way, or a flush will bring one back: guarded by the gate.
    private bool pumping;

    /// <summary>Passes on what there is, and returns when there is nothing or when the client must take it first.</summary>
    private void PumpResponses()
    {
        try
        {
            while (TakeInbox(out bool headers, out bool end, out bool fail))
            {
                if (!headersSet && !headers && draining.Length == 0 && replay.IsWhole && ((fail && TryRetryAfterFailure()) || (!fail && end && TryRetryAfterEnd())))
                {
                    return;
                }

                if (!fail && headers)
                {
                    fail = !TrySetHeaders();
                }

                if (fail)
                {
                    EndWithFailure();
                    EndResponses();
                    return;
                }

                int cost = limits.ResponsePace is { Refuses: false } pace ? PaceResponses(pace) : draining.Length;
                WriteMessages(cost);
                if (end && draining.Length == 0)
                {
                    EndWithInstance();
                    WatchDelivery();
                    EndResponses();
                    return;
                }

                // Nothing may go out yet; a flush would begin the response.
                if (draining.Length > 0 && cost == 0 && !headers)
                {
                    continue;
                }

                if (TryBeginFlush())
                {
                    flush = leg.ResponseBody.FlushAsync().ConfigureAwait(false).GetAwaiter();
                    flushed = cost;
                    if (!flush.IsCompleted)
                    {
                        // A client that has stopped reading may leave it there for hours: an empty buffer of the window's size beside the full one.
                        if (draining.Length == 0)
                        {
                            draining.Trim(KeptBytes);
                        }

                        WatchFlush();
                        flush.UnsafeOnCompleted(onFlushed);
                        return;
                    }

                    EndFlush();
                }
            }
        }
        catch (Exception error)
        {
            EndWithError(error);
        }
    }

    private void OnFlushed()
    {
        try
        {
            EndFlush();
        }
        catch (Exception error)
        {
            EndWithError(error);
            return;
        }

        PumpResponses();
    }

    private void EndWithError(Exception error)
    {
        if (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            Fail(CallFailure.ClientGone);
        }
        else
        {
            router.Hub.Log.CallBroken(router.Service.FullName, method.Name, error);
            Fail(StatusCode.Internal, RouterReasons.BadResponse, "The router could not relay the response.", CancelReason.Router);
        }

        // What is on its way to the client is not known any more; only a reset is sure to be understood.
        leg.Abort();
        EndResponses();
    }

    /// <summary>The client has been told how the call ended; what the request pump still waits for will not come.</summary>
    private void EndResponses()
    {
        lock (gate)
        {
            finished = true;
        }

        if (!Volatile.Read(ref requestsOver))
        {
            leg.WakeRequests();
            signalled = true;
            sendSignal.Set();
        }

        EndPump();
    }

    /// <returns>False when there is nothing to do; whoever brings something then executes this object anew.</returns>
    private bool TakeInbox(out bool headers, out bool end, out bool fail)
    {
        lock (gate)
        {
            end = ended;
            fail = failed;
            headers = headersCame && !headersTaken;
            if (draining.Length > 0)
            {
                // Held back for the pace of the stream, and what came behind it too.
                end &= inbound.Length == 0;
                if (heldBack && !fail && !headers)
                {
                    pumping = false;
                    return false;
                }
            }
            else if (inbound.Length > 0)
            {
                (inbound, draining) = (draining, inbound);
                responsePacer?.Swap();
            }
            else if (!end && !fail && !headers)
            {
                pumping = false;
                return false;
            }

            headersTaken = headersCame;
            return true;
        }
    }

    private bool TrySetHeaders()
    {
        if (!CheckHeaders(headerBlock.WrittenSpan))
        {
            return false;
        }

        leg.SetHeaders(headerBlock.WrittenSpan);
        Commit();
        return true;
    }

    private void WriteMessages(int bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        if (!headersSet)
        {
            leg.SetHeaders(default);
            Commit();
        }

        written += bytes;
        draining.MoveTo(leg.ResponseBody, bytes);
    }

    private bool TryBeginFlush()
    {
        lock (gate)
        {
            // What ended the call in the meantime needs no flush of its own; and a client that left after that end would not wake this one.
            if (failed || (ended && draining.Length == 0))
            {
                return false;
            }

            flushes++;
            return flushing = true;
        }
    }

    /// <summary>Gives the instance credit for what the client has taken.</summary>
    private void EndFlush()
    {
        FlushResult result;
        try
        {
            result = flush.GetResult();
        }
        finally
        {
            flush = default;
            lock (gate)
            {
                flushing = false;
            }
        }

        if (result.IsCompleted)
        {
            Fail(CallFailure.ClientGone);
            return;
        }

        // Woken by the call's failure: the client has not taken it.
        if (result.IsCanceled)
        {
            return;
        }

        InstanceChannel carrier = channel!;
        long credit = flushed == 0 ? 0 : receiveWindow.Consume(flushed, router.Hub.Time.GetTimestamp(), carrier.RoundTripTicks);
        if (credit > 0 && !Volatile.Read(ref ended))
        {
            carrier.SendCredit(id, credit);
        }
    }

    private void EndWithFailure()
    {
        lock (gate)
        {
            // The caller left, or its time was over, while another attempt was still to be decided on.
            if (failure.OfAttempt && late is { } cause)
            {
                failure = cause;
            }
        }

        if (failure.IsClientGone)
        {
            leg.Abort();
        }
        else
        {
            TellDrain(failure.Status.Code);
            Refuse(failure.Status);
        }
    }

    /// <summary>Tells the client of a stream, or of a call that was cut off, that its channel drains.</summary>
    private void TellDrain(StatusCode code)
    {
        if (channel?.DrainedBy is { } drainer && (code == StatusCode.Unavailable || method.ClientStreams || method.ServerStreams))
        {
            leg.SetDrain(drainer);
        }
    }

    private void EndWithInstance()
    {
        ReadOnlySpan<byte> message = endBlock.WrittenSpan;
        if (!CallEndFields.TryRead(message, out CallEndFields end))
        {
            Refuse(new RouterStatus(StatusCode.Internal, RouterReasons.BadResponse, "The instance's end of the call cannot be read."));
        }
        else if (end.Code == 0 && insideResponse)
        {
            Refuse(new RouterStatus(StatusCode.Internal, RouterReasons.BadResponse, "The instance ended the call inside a message."));
        }
        else if (end.Code == 0 && !method.ServerStreams && responseMessages == 0)
        {
            Refuse(new RouterStatus(StatusCode.Unimplemented, RouterReasons.Cardinality, $"{router.Service.FullName}/{method.Name} answers with one message; the instance sent none."));
        }
        else if (TryCheck(message, MetadataReader.InCallEnd, "trailers", out RouterStatus refusal, end.Details.Length))
        {
            TellDrain((StatusCode)end.Code);
            leg.SetEnd(end, message);
        }
        else
        {
            Refuse(refusal);
        }
    }

    private bool CheckHeaders(ReadOnlySpan<byte> message)
    {
        if (TryCheck(message, MetadataReader.InCallHeaders, "headers", out RouterStatus refusal))
        {
            if (CallHeadersFields.TryRead(message, out CallHeadersFields fields) && MetadataRules.IsValidValue(fields.Encoding) && MetadataRules.IsValidValue(fields.AcceptEncoding))
            {
                return true;
            }

            refusal = new RouterStatus(StatusCode.Internal, RouterReasons.BadResponse, "The instance's headers name an encoding that may not stand in a header.");
        }

        Fail(new CallFailure(refusal, refusal.Code == StatusCode.ResourceExhausted ? CancelReason.Limit : CancelReason.Violation));

        // A call that has ended cannot fail any more; what is said to the client is the refusal all the same.
        if (!failed)
        {
            failure = new CallFailure(refusal, CancelReason.Violation);
        }

        return false;
    }

    /// <summary>Checks what an instance sent before any of it reaches the client's connection.</summary>
    private bool TryCheck(ReadOnlySpan<byte> message, int field, string what, out RouterStatus refusal, int detailsLength = 0)
    {
        // Details stand among the trailers, in base64.
        int size = detailsLength == 0 ? 0 : DetailsKey.Length + (((detailsLength + 2) / 3) * 4) + MetadataRules.EntryOverhead;
        MetadataReader entries = new(message, field);
        while (entries.Read())
        {
            size += entries.Key.Length + entries.Value.Length + MetadataRules.EntryOverhead;
            if (!MetadataRules.IsValidKey(entries.Key) || !MetadataRules.IsValidValue(entries.Value))
            {
                refusal = new RouterStatus(StatusCode.Internal, RouterReasons.BadResponse, $"The instance's {what} hold a key or value that may not stand in a header.");
                return false;
            }
        }

        if (entries.Broken)
        {
            refusal = new RouterStatus(StatusCode.Internal, RouterReasons.BadResponse, $"The instance's {what} cannot be read.");
            return false;
        }

        int limit = options.MaxMetadataSize;
        if (size > limit)
        {
            refusal = new RouterStatus(StatusCode.ResourceExhausted, RouterReasons.MetadataTooLarge, $"The instance's {what} of {size} bytes are over the limit of {limit}.");
            return false;
        }

        refusal = default;
        return true;
    }
}
