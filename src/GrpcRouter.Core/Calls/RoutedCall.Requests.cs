using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter;

/// <content>The request pump: reads the client's messages and writes them into the channel, as credit and turns allow.</content>
internal sealed partial class RoutedCall
{
    private readonly Action onRequestRead;
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter requestRead;
    private bool requestsOver;
    private bool lined;
    private bool started;
    private long startBatch;
    private int requestMessages;
    private uint requestLength;
    private uint requestRemaining;
    private bool requestCompressed;
    private bool insideRequest;
    private bool halfClosed;

    private bool SingleRequest => !method.ClientStreams;

    private void ResetRequests()
    {
        started = halfClosed = requestsOver = lined = signalled = false;
        startBatch = 0;
        requestMessages = 0;
        requestRemaining = 0;
        insideRequest = requestPaced = replaying = false;
    }

    private void StartRequests()
    {
        if (SingleRequest && !replay.Any)
        {
            PumpSingleRequest(read: false);
        }
        else
        {
            _ = PumpRequestsAsync(default, read: false);
        }
    }

    private void OnRequestRead() => PumpSingleRequest(read: true);

    /// <summary>
    /// Sends a lone request that comes as a whole message, which almost all do, in one frame with its half-close. Anything else is left
    /// to <see cref="PumpRequestsAsync"/>.
    /// </summary>
    /// <param name="read">A read has ended, and <see cref="requestRead"/> holds its result.</param>
    private void PumpSingleRequest(bool read)
    {
        try
        {
            PipeReader reader = leg.RequestBody;
            bool sent = false;
            while (!sent)
            {
                ReadResult result;
                if (read)
                {
                    result = requestRead.GetResult();
                    requestRead = default;
                    read = false;
                }
                else if (!reader.TryRead(out result))
                {
                    requestRead = reader.ReadAsync().ConfigureAwait(false).GetAwaiter();
                    if (!requestRead.IsCompleted)
                    {
                        requestRead.UnsafeOnCompleted(onRequestRead);
                        return;
                    }

                    read = true;
                    continue;
                }

                // What woke the pump may have been meant for the attempt before.
                if (Stopped)
                {
                    reader.AdvanceTo(result.Buffer.Start);
                    break;
                }

                switch (JudgeSingle(result))
                {
                    case SingleRequestState.Incomplete:
                        reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                        continue;
                    case SingleRequestState.Whole when TrySend(new Outgoing(OutgoingKind.Whole, result.Buffer.Slice(FrameField.PrefixLength), HalfClose: true)):
                        sent = true;
                        if (!started)
                        {
                            // There was no instance; if it is to wait for one, the request is read again.
                            reader.AdvanceTo(result.Buffer.Start);
                            break;
                        }

                        replay.IsComplete = true;
                        Record(result.Buffer);
                        reader.AdvanceTo(result.Buffer.End);
                        break;
                    default:
                        _ = PumpRequestsAsync(result, read: true);
                        return;
                }
            }
        }
        catch (Exception error)
        {
            FailRequests(error);
        }

        EndRequests();
    }

    private SingleRequestState JudgeSingle(in ReadResult result)
    {
        if (!MessagePrefix.TryRead(result.Buffer, out bool compressed, out requestLength))
        {
            return result.IsCompleted ? SingleRequestState.Other : SingleRequestState.Incomplete;
        }

        long rest = result.Buffer.Length - FrameField.PrefixLength - requestLength;
        if (compressed || requestLength > Math.Min(FragmentLength.Default, limits.MaxRequestMessage) || rest > 0)
        {
            return SingleRequestState.Other;
        }

        // Only the end of the stream tells that there is no second message.
        if (!result.IsCompleted)
        {
            return SingleRequestState.Incomplete;
        }

        return rest == 0 ? SingleRequestState.Whole : SingleRequestState.Other;
    }

    /// <summary>Relays any number of messages of any size.</summary>
    /// <param name="result">What was read already.</param>
    /// <param name="read">Something was.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask PumpRequestsAsync(ReadResult result, bool read)
    {
        try
        {
            PipeReader reader = leg.RequestBody;
            if (!read && replay.Any && await ReplayAsync().ConfigureAwait(false))
            {
                EndRequests();
                return;
            }

            if (!read && !reader.TryRead(out result))
            {
                if (method.ClientStreams && !started)
                {
                    // The handler of a streaming method runs before the first message.
                    await SendAsync(default).ConfigureAwait(false);
                }

                result = await reader.ReadAsync().ConfigureAwait(false);
            }

            while (true)
            {
                if (result.IsCanceled || Stopped)
                {
                    // What woke the pump may have been meant for the attempt before.
                    reader.AdvanceTo(result.Buffer.Start);
                    if (Stopped)
                    {
                        break;
                    }

                    result = await reader.ReadAsync().ConfigureAwait(false);
                    continue;
                }

                SequencePosition consumed = await RelayAsync(result).ConfigureAwait(false);
                if (Stopped && !started)
                {
                    reader.AdvanceTo(result.Buffer.Start);
                    break;
                }

                bool rest = !result.Buffer.Slice(consumed).IsEmpty;
                Record(result.Buffer.Slice(0, consumed));
                if (result.IsCompleted && !rest)
                {
                    replay.IsComplete = true;
                }

                reader.AdvanceTo(consumed, Stopped ? consumed : result.Buffer.End);
                if (Stopped)
                {
                    break;
                }

                if (result.IsCompleted)
                {
                    await EndRequestsAsync(clean: !rest).ConfigureAwait(false);
                    break;
                }

                if (method.ClientStreams && !started)
                {
                    await SendAsync(default).ConfigureAwait(false);
                }

                result = await reader.ReadAsync().ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            FailRequests(error);
        }

        EndRequests();
    }

    /// <summary>Sends what an earlier attempt took from the client.</summary>
    /// <returns>True when nothing else follows: that was the whole request, or the attempt is over.</returns>
    private async ValueTask<bool> ReplayAsync()
    {
        ReadOnlySequence<byte> bytes = replay.Bytes;
        replaying = true;
        SequencePosition consumed = await RelayAsync(new ReadResult(bytes, isCanceled: false, replay.IsComplete)).ConfigureAwait(false);
        replaying = false;
        if (!Stopped && replay.IsComplete)
        {
            await EndRequestsAsync(clean: bytes.Slice(consumed).IsEmpty).ConfigureAwait(false);
        }

        return Stopped || replay.IsComplete;
    }

    private void FailRequests(Exception error)
    {
        // Kestrel may fail the read before it reports the abort.
        if (error is IOException or OperationCanceledException)
        {
            Fail(CallFailure.ClientGone);
            return;
        }

        router.Hub.Log.CallBroken(router.Service.FullName, method.Name, error);
        Fail(StatusCode.Internal, RouterReasons.BadRequest, "The router could not relay the request.", CancelReason.Router);
    }

    private void EndRequests()
    {
        Volatile.Write(ref requestsOver, true);
        EndPump();
    }

    /// <summary>Relays all that can be relayed of what was read.</summary>
    /// <returns>Up to where it was used.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SequencePosition> RelayAsync(ReadResult result)
    {
        ReadOnlySequence<byte> buffer = result.Buffer;
        while (!Stopped)
        {
            if (insideRequest)
            {
                if (buffer.IsEmpty)
                {
                    break;
                }

                int sent = await SendFragmentAsync(buffer).ConfigureAwait(false);
                buffer = buffer.Slice(sent);
                continue;
            }

            if (!MessagePrefix.TryRead(buffer, out bool compressed, out uint length) || !CheckRequest(length))
            {
                break;
            }

            if (limits.RequestPace is { } pace && !await PaceRequestAsync(pace).ConfigureAwait(false))
            {
                break;
            }

            requestCompressed = compressed;
            requestLength = length;

            if (requestCompressed || requestLength > FragmentLength.Default)
            {
                buffer = buffer.Slice(FrameField.PrefixLength);
                await BeginFragmentsAsync().ConfigureAwait(false);
                continue;
            }

            long whole = FrameField.PrefixLength + (long)requestLength;
            if (buffer.Length < whole)
            {
                break;
            }

            if (SingleRequest)
            {
                if (buffer.Length > whole)
                {
                    FailCardinality("more than one request message");
                    break;
                }

                // Only the end of the stream tells that there is no second message.
                if (!result.IsCompleted)
                {
                    break;
                }
            }

            requestMessages++;
            requestPaced = false;
            await SendAsync(new Outgoing(OutgoingKind.Whole, buffer.Slice(FrameField.PrefixLength, requestLength), HalfClose: SingleRequest)).ConfigureAwait(false);
            buffer = buffer.Slice(whole);
        }

        return buffer.Start;
    }

    private async ValueTask EndRequestsAsync(bool clean)
    {
        if (insideRequest || !clean)
        {
            Fail(StatusCode.Internal, RouterReasons.BadRequest, "The request ended inside a message.", CancelReason.Client);
        }
        else if (SingleRequest && requestMessages == 0)
        {
            FailCardinality("no request message");
        }
        else
        {
            if (method.ClientStreams)
            {
                // A client that cancels may end its stream just before it resets it. One turn of the pool lets the reset be seen first.
                await Task.Yield();
            }

            if (!halfClosed)
            {
                await SendAsync(new Outgoing(OutgoingKind.Nothing, default, HalfClose: true)).ConfigureAwait(false);
            }
        }
    }

    private bool CheckRequest(uint length)
    {
        if (length > limits.MaxRequestMessage)
        {
            Fail(MessageRefusal.TooLarge(router.Service, ReasonKeys.Request, length, limits.MaxRequestMessage));
            return false;
        }

        if (SingleRequest && requestMessages > 0)
        {
            FailCardinality("more than one request message");
            return false;
        }

        return true;
    }

    private void FailCardinality(string what) =>
        Fail(StatusCode.Unimplemented, RouterReasons.Cardinality, $"{router.Service.FullName}/{method.Name} takes one request message; the client sent {what}.", CancelReason.Client);

    private async ValueTask BeginFragmentsAsync()
    {
        requestMessages++;
        requestPaced = false;
        requestRemaining = requestLength;
        insideRequest = true;
        if (requestLength == 0)
        {
            insideRequest = false;
            await SendAsync(new Outgoing(OutgoingKind.FirstFragment, default, HalfClose: false)).ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> SendFragmentAsync(ReadOnlySequence<byte> buffer)
    {
        bool first = requestRemaining == requestLength;
        int prefix = first ? FrameField.PrefixLength : 0;
        if (!started && !TryStart())
        {
            return 0;
        }

        long credit;
        while ((credit = sendWindow.Available - prefix) <= 0)
        {
            await sendSignal.WaitAsync().ConfigureAwait(false);
            if (Stopped)
            {
                return 0;
            }
        }

        // Until it has started the call may go to another channel, whose window is perhaps the smallest there is.
        int most = started ? FragmentLength.Default : FragmentLength.Default - prefix;
        int size = (int)Math.Min(Math.Min(buffer.Length, requestRemaining), Math.Min(credit, most));
        await SendAsync(new Outgoing(first ? OutgoingKind.FirstFragment : OutgoingKind.Fragment, buffer.Slice(0, size), HalfClose: false)).ConfigureAwait(false);
        requestRemaining -= (uint)size;
        insideRequest = requestRemaining > 0;
        return size;
    }

    private ValueTask SendAsync(in Outgoing outgoing) => TrySend(outgoing) ? default : SendSlowlyAsync(outgoing);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendSlowlyAsync(Outgoing outgoing)
    {
        while (true)
        {
            if (NeedsCutting(outgoing))
            {
                requestRemaining = requestLength;
                insideRequest = true;
                while (insideRequest)
                {
                    if (await SendFragmentAsync(outgoing.Data.Slice(requestLength - requestRemaining)).ConfigureAwait(false) == 0)
                    {
                        return;
                    }
                }

                if (!outgoing.HalfClose)
                {
                    return;
                }

                outgoing = new Outgoing(OutgoingKind.Nothing, default, HalfClose: true);
            }

            if (TrySend(outgoing))
            {
                return;
            }

            if (!NeedsCutting(outgoing))
            {
                await sendSignal.WaitAsync().ConfigureAwait(false);
            }
        }
    }

    // A whole message that is larger than the credit goes in pieces, as the credit comes. The credit is another after another pick.
    private bool NeedsCutting(in Outgoing outgoing) =>
        outgoing.Kind == OutgoingKind.Whole && outgoing.Data.Length > 0 && outgoing.Cost > sendWindow.Available;

    /// <summary>Writes one frame if credit and turn allow.</summary>
    /// <returns>True also when the call is over and nothing is to be sent any more.</returns>
    private bool TrySend(in Outgoing outgoing)
    {
        while (true)
        {
            if (Stopped || (channel is null && !TryStart()))
            {
                return true;
            }

            int cost = outgoing.Cost;
            InstanceChannel carrier = channel!;
            if (cost > sendWindow.Available)
            {
                return false;
            }

            if (!carrier.Output.TryEnterData(this, out FrameBuffer buffer))
            {
                lined = true;
                return false;
            }

            if (!started && !carrier.AcceptsStarts)
            {
                // It began to drain after it was picked.
                carrier.Output.Exit();
                Unpick();
                continue;
            }

            try
            {
                WriteFrame(buffer, outgoing, carrier.Output.Batch);
            }
            finally
            {
                carrier.Output.Exit(flushHere: outgoing.HalfClose && carrier.Calls.Count == 1);
            }

            sendWindow.Take(cost);
            return true;
        }
    }
}
