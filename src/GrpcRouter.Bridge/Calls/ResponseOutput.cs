using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// The frames of one call towards the router. Whether the call has ended is looked at, and set, only with the channel's output
/// locked: so nothing can follow the end.
/// </summary>
internal sealed class ResponseOutput(InboundCall call, ChannelOutput output, long initialWindow) : OutputTurn
{
    // A message that takes no more than half the window gets its credit in one piece sooner or later, because a receiver holds back
    // less than half a window. A larger one might never, so it goes out as the credit allows.
    private readonly long wholeCost = Math.Min(initialWindow / 2, FrameField.PrefixLength + FragmentLength.Default);
    private readonly SendWindow window = new(initialWindow);
    private readonly AsyncSignal changed = new();
    private ReadOnlyMemory<byte>? headers;

    /// <summary>Initial metadata has gone out, or messages have, which is the same to the client.</summary>
    public bool Started { get; private set; }

    /// <summary>Starts over for another call.</summary>
    public void Reset()
    {
        window.Reset(initialWindow);
        changed.Reset();
        headers = null;
        Started = false;
    }

    /// <summary>The serialized CallHeaders that go out with the first message.</summary>
    public void SetHeaders(ReadOnlyMemory<byte> serialized) => headers = serialized;

    /// <summary>Credit has come, or the call has ended.</summary>
    public void Wake() => changed.Set();

    /// <returns>False when the router granted more than the protocol allows.</returns>
    public bool TryGrant(ulong credit)
    {
        if (!window.TryGrant(credit))
        {
            return false;
        }

        changed.Set();
        return true;
    }

    /// <summary>Sends the initial metadata at once.</summary>
    public async ValueTask WriteHeadersAsync(ReadOnlyMemory<byte> serialized)
    {
        FrameBuffer buffer;
        while (!output.TryEnterData(this, out buffer))
        {
            await WaitForTurnAsync(CancellationToken.None);
        }

        EnsureLive_NeedsLock(ends: false);
        int mark = buffer.BeginFrame(call.Id);
        buffer.WriteBytes(FrameField.Opening, serialized.Span);
        buffer.EndFrame(mark);
        Started = true;
        output.Exit();
    }

    /// <summary>Sends a message; with an ending, the call ends in the frame of its last byte.</summary>
    /// <param name="message">The message.</param>
    /// <param name="ending">How the call ends with it; null when it goes on.</param>
    /// <param name="flush">False when the caller flushes if the message has gone out at once.</param>
    /// <param name="cancellationToken">Ends the wait for credit or a turn.</param>
    public ValueTask WriteMessageAsync(OutgoingMessage message, CallEnding? ending, bool flush, CancellationToken cancellationToken)
    {
        int cost = FrameField.PrefixLength + message.Length;
        if (!message.Compressed && cost <= wholeCost && window.Available >= cost && output.TryEnterData(this, out FrameBuffer buffer))
        {
            WriteWhole_NeedsLock(buffer, message, ending, flush);
            return ValueTask.CompletedTask;
        }

        return WritePiecesAsync(message, ending, cancellationToken);
    }

    private async ValueTask WritePiecesAsync(OutgoingMessage message, CallEnding? ending, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static signal => ((AsyncSignal)signal!).Set(), changed);
        bool whole = !message.Compressed && FrameField.PrefixLength + message.Length <= wholeCost;
        int offset = 0;
        do
        {
            int prefix = offset == 0 ? FrameField.PrefixLength : 0;
            int rest = message.Length - offset;
            int needed = prefix + (whole ? rest : Math.Min(rest, 1));
            while (window.Available < needed)
            {
                ThrowIfEndedOrCanceled(cancellationToken, offset);
                await changed.WaitAsync();
            }

            FrameBuffer buffer;
            while (!output.TryEnterData(this, out buffer))
            {
                await WaitForTurnAsync(offset == 0 ? cancellationToken : CancellationToken.None);
            }

            if (whole || (prefix > 0 && !message.Compressed && rest <= FragmentLength.Default && window.Available >= prefix + rest))
            {
                WriteWhole_NeedsLock(buffer, message, ending, flush: true);
                return;
            }

            int length = (int)Math.Min(Math.Min(rest, FragmentLength.Default), window.Available - prefix);
            WritePiece_NeedsLock(buffer, message, offset, length, offset + length == message.Length ? ending : null);
            offset += length;
        }
        while (offset < message.Length);
    }

    protected override void OnTurn() => changed.Set();

    private void WriteWhole_NeedsLock(FrameBuffer buffer, OutgoingMessage message, CallEnding? ending, bool flush)
    {
        EnsureLive_NeedsLock(ending is not null);
        window.Take(FrameField.PrefixLength + message.Length);
        int mark = BeginMessageFrame_NeedsLock(buffer);
        buffer.WriteBytes(call.Method.Number, message.Bytes);
        EndMessageFrame_NeedsLock(buffer, mark, ending, flush);
    }

    private void WritePiece_NeedsLock(FrameBuffer buffer, OutgoingMessage message, int offset, int length, CallEnding? ending)
    {
        EnsureLive_NeedsLock(ending is not null);
        window.Take(length + (offset == 0 ? FrameField.PrefixLength : 0));
        int mark = BeginMessageFrame_NeedsLock(buffer);
        if (offset == 0)
        {
            buffer.WriteVarint(FrameField.MessageLength, (ulong)message.Length);
            if (message.Compressed)
            {
                buffer.WriteVarint(FrameField.Compressed, 1);
            }
        }

        if (length > 0)
        {
            buffer.WriteBytes(FrameField.Fragment, message.Bytes.Slice(offset, length));
        }

        EndMessageFrame_NeedsLock(buffer, mark, ending, flush: true);
    }

    private int BeginMessageFrame_NeedsLock(FrameBuffer buffer)
    {
        int mark = buffer.BeginFrame(call.Id);
        if (!Started && headers is { } serialized)
        {
            buffer.WriteBytes(FrameField.Opening, serialized.Span);
            mark = SplitIfLarge(buffer, mark, serialized.Length);
        }

        Started = true;
        return mark;
    }

    private void EndMessageFrame_NeedsLock(FrameBuffer buffer, int mark, CallEnding? ending, bool flush)
    {
        if (ending is { } end)
        {
            mark = SplitIfLarge(buffer, mark, end.End.Length);
            buffer.WriteBytes(FrameField.End, end.End.Span);
        }

        buffer.EndFrame(mark);
        if (flush)
        {
            output.Exit();
        }
        else
        {
            output.ExitUnflushed();
        }
    }

    // Frames have a largest size, of which metadata may take most: then it travels in a frame of its own.
    private int SplitIfLarge(FrameBuffer buffer, int mark, int length)
    {
        if (length <= FragmentLength.Default)
        {
            return mark;
        }

        buffer.EndFrame(mark);
        return buffer.BeginFrame(call.Id);
    }

    private void EnsureLive_NeedsLock(bool ends)
    {
        if (ends ? !call.TryClaimEnd() : call.HasEnded)
        {
            output.Exit();
            call.ThrowEnded();
        }
    }

    private async ValueTask WaitForTurnAsync(CancellationToken cancellationToken)
    {
        await changed.WaitAsync();
        if (call.HasEnded || cancellationToken.IsCancellationRequested)
        {
            output.Leave(this);
            ThrowIfEndedOrCanceled(cancellationToken, written: 0);
        }
    }

    private void ThrowIfEndedOrCanceled(CancellationToken cancellationToken, int written)
    {
        if (call.HasEnded)
        {
            call.ThrowEnded();
        }

        // Half a message cannot be taken back, so a token no longer counts once the first piece is out.
        if (written == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
