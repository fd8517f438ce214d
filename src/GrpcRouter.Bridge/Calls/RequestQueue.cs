using System.Buffers;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// The request messages of one call, between the channel's read loop and the handler. Credit goes back when a message has been
/// read; bytes of a message that the handler is waiting for go back as they come, or a message larger than the window never would.
/// </summary>
internal sealed class RequestQueue(InboundCall call, ReceiveWindow window)
{
    private readonly Lock gate = new();
    private readonly AsyncSignal changed = new();
    private readonly RequestBytes bytes = new();
    private uint missing;
    private int credited;
    private bool halfClosed;
    private bool closed;
    private bool waiting;
    private bool reading;

    /// <summary>Takes a whole message or the first piece of one.</summary>
    /// <returns>False when the sender had no credit for it.</returns>
    /// <exception cref="ProtocolViolationException">A message may not start here.</exception>
    public bool Begin(uint length, bool compressed, ReadOnlySpan<byte> piece)
    {
        lock (gate)
        {
            if (closed)
            {
                return true;
            }

            if (halfClosed || missing > 0)
            {
                throw call.Violation(halfClosed ? "a message follows the half-close" : "a message starts within another");
            }

            if (piece.Length > length)
            {
                throw call.Violation($"a fragment of {piece.Length} bytes belongs to a message of {length}");
            }

            int cost = FrameField.PrefixLength + piece.Length;
            if (!window.TryReceive(cost))
            {
                return false;
            }

            bytes.AppendPrefix(length, compressed);
            bytes.Append(piece);
            missing = length - (uint)piece.Length;
            OnArrived_NeedsLock(cost);
            return true;
        }
    }

    /// <summary>Takes a further piece of a message.</summary>
    /// <inheritdoc cref="Begin"/>
    public bool Continue(ReadOnlySpan<byte> piece)
    {
        lock (gate)
        {
            if (closed)
            {
                return true;
            }

            if ((uint)piece.Length > missing)
            {
                throw call.Violation($"a fragment of {piece.Length} bytes comes where {missing} are missing");
            }

            if (!window.TryReceive(piece.Length))
            {
                return false;
            }

            bytes.Append(piece);
            missing -= (uint)piece.Length;
            OnArrived_NeedsLock(piece.Length);
            return true;
        }
    }

    /// <summary>No further message comes.</summary>
    public void HalfClose()
    {
        lock (gate)
        {
            if (closed)
            {
                return;
            }

            if (halfClosed || missing > 0)
            {
                throw call.Violation(halfClosed ? "a second half-close" : "a half-close within a message");
            }

            halfClosed = true;
            if (waiting)
            {
                waiting = false;
                changed.Set();
            }
        }
    }

    /// <summary>Waits until the next message is there as a whole.</summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="OperationCanceledException">The call has ended, or the token fired.</exception>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        if (TryWait(out bool available))
        {
            return new ValueTask<bool>(available);
        }

        return WaitLongAsync(cancellationToken);
    }

    /// <summary>Gives the message that <see cref="WaitAsync"/> promised. Follow with <see cref="Release"/>.</summary>
    public ReadOnlySequence<byte> Read(out bool compressed)
    {
        lock (gate)
        {
            call.ThrowIfEnded(closed);
            bytes.TryPeek(out uint length, out compressed);
            reading = true;
            return bytes.Read(length);
        }
    }

    /// <summary>Drops the message that was read and returns its credit.</summary>
    public void Release()
    {
        long grant = 0;
        lock (gate)
        {
            reading = false;
            bytes.TryPeek(out uint length, out _);
            bytes.Consume(length);
            int rest = FrameField.PrefixLength + (int)length - credited;
            credited = 0;
            if (closed)
            {
                bytes.Clear();
            }
            else if (!halfClosed)
            {
                grant = call.Channel.Consume(window, rest);
            }
        }

        call.SendCredit(grant);
    }

    /// <summary>The call has ended: forgets what is queued and wakes the handler.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            if (!reading)
            {
                bytes.Clear();
            }

            window.Close();
            changed.Set();
        }
    }

    private bool TryWait(out bool available)
    {
        long grant = 0;
        lock (gate)
        {
            call.ThrowIfEnded(closed);
            available = bytes.Length > 0 && (missing == 0 || bytes.TryPeek(out uint length, out _) && bytes.Length >= FrameField.PrefixLength + (long)length);
            if (available || halfClosed)
            {
                waiting = false;
                return true;
            }

            waiting = true;
            if (bytes.Length > credited)
            {
                grant = call.Channel.Consume(window, bytes.Length - credited);
                credited = bytes.Length;
            }
        }

        call.SendCredit(grant);
        return false;
    }

    private async ValueTask<bool> WaitLongAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static signal => ((AsyncSignal)signal!).Set(), changed);
        bool available;
        do
        {
            await changed.WaitAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
        while (!TryWait(out available));

        return available;
    }

    private void OnArrived_NeedsLock(int cost)
    {
        if (!waiting)
        {
            return;
        }

        credited += cost;
        call.SendCredit(call.Channel.Consume(window, cost));
        if (missing == 0)
        {
            waiting = false;
            changed.Set();
        }
    }
}
