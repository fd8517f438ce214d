using System.Runtime.CompilerServices;

namespace GrpcRouter.Protocol;

/// <summary>
/// The write side of a channel. Many calls append frames, one flusher writes all there is in one go. Control frames overtake data.
/// Data is taken in turns: when <c>highWater</c> bytes are waiting, a call queues behind the others and is called when it is due.
/// </summary>
/// <remarks>
/// There is no timer: a frame leaves at once when the stream is idle, and shares a flush while another is being written.
/// </remarks>
public sealed class ChannelOutput : IThreadPoolWorkItem
{
    /// <summary>
    /// Bytes of data that may wait. Four fragments of the default size: enough to keep the stream busy while one batch is
    /// written, little enough that a small call does not wait long behind bulk.
    /// </summary>
    public const int DefaultHighWater = 64 * 1024;

    private readonly IFrameSink sink;
    private readonly int highWater;
    private readonly Action onWritten;
    private readonly Lock gate = new();
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FrameBuffer control = new();
    private FrameBuffer data = new();
    private FrameBuffer controlInFlight = new();
    private FrameBuffer dataInFlight = new();
    private FrameBuffer? discarded;
    private OutputTurn? head;
    private OutputTurn? tail;
    private int granted;
    private OutputTurn? entered;
    private int enteredAt;
    private bool flushing;
    private bool closed;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter write;
    private long lastJudged;

    /// <summary>Makes the write side of one channel.</summary>
    /// <param name="sink">The stream.</param>
    /// <param name="highWater">Bytes of data that may wait before calls queue.</param>
    public ChannelOutput(IFrameSink sink, int highWater = DefaultHighWater)
    {
        this.sink = sink;
        this.highWater = highWater;
        onWritten = OnWritten;
    }

    /// <summary>Ends when everything written before <see cref="Complete"/> has left, or with the error that broke the stream.</summary>
    public Task Completion => completion.Task;

    /// <summary>Calls waiting for a turn.</summary>
    public int QueuedTurns
    {
        get
        {
            lock (gate)
            {
                int count = 0;
                for (OutputTurn? turn = head; turn is not null; turn = turn.Next)
                {
                    count++;
                }

                return count;
            }
        }
    }

    /// <summary>Bytes that the output takes from the pool, used or not.</summary>
    public int HeldBytes
    {
        get
        {
            lock (gate)
            {
                return control.Capacity + data.Capacity + controlInFlight.Capacity + dataInFlight.Capacity + (discarded?.Capacity ?? 0);
            }
        }
    }

    /// <summary>Takes the lock for frames that overtake data. Follow with <see cref="Exit"/>, without awaiting in between.</summary>
    public FrameBuffer EnterControl()
    {
        gate.Enter();
        return closed ? discarded ??= new FrameBuffer() : control;
    }

    /// <summary>
    /// Counts the batches handed to the stream. Within one batch control leaves first, so a control frame that must not overtake
    /// data of the same batch belongs into <see cref="InOrder"/>. Read it with the lock held.
    /// </summary>
    public long Batch { get; private set; }

    /// <summary>Where control frames go that must follow the data written before them. Use it with the lock held.</summary>
    public FrameBuffer InOrder => closed ? discarded ??= new FrameBuffer() : data;

    /// <summary>Takes the lock for data when it is this call's turn. Follow a true result with <see cref="Exit"/>.</summary>
    /// <returns>False when others are first; the turn's signal tells when to try again.</returns>
    public bool TryEnterData(OutputTurn turn, out FrameBuffer buffer)
    {
        gate.Enter();
        buffer = data;
        if (closed)
        {
            buffer = discarded ??= new FrameBuffer();
            return true;
        }

        if (turn.Granted)
        {
            turn.Granted = false;
            granted--;
            turn.Left = FragmentLength.Default;
            return Enter_NeedsLock(turn);
        }

        // Who is due but has not come yet goes first, or a busy call would write all there is room for before a slower one wakes.
        bool line = head is not null || granted > 0;
        if (!line)
        {
            turn.Left = FragmentLength.Default;
        }

        // A turn is worth a fragment, in as many messages as that takes: small ones would else wait for a thread each.
        if (!turn.Queued && turn.Left > 0 && data.Length < highWater)
        {
            return Enter_NeedsLock(turn);
        }

        if (!turn.Queued)
        {
            Append_NeedsLock(turn);
            if (!flushing)
            {
                GrantTurns_NeedsLock();
            }
        }

        gate.Exit();
        return false;
    }

    /// <summary>Releases the lock and wakes the flusher when there is something to write.</summary>
    /// <param name="flushHere">
    /// Flush on this thread if no flush is under way: for a channel with one call under way, which no other frame is about to join.
    /// </param>
    public void Exit(bool flushHere = false)
    {
        if (!Release(wake: true))
        {
            return;
        }

        if (flushHere)
        {
            FlushAll();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Releases the lock and leaves what there is to write to a call of <see cref="Flush"/>, so that several frames share a write.</summary>
    public void ExitUnflushed() => Release(wake: false);

    /// <summary>Begins to write what is waiting, on the caller's thread. A write that is under way takes it along.</summary>
    public void Flush()
    {
        lock (gate)
        {
            if (flushing || (control.Length == 0 && data.Length == 0))
            {
                return;
            }

            flushing = true;
        }

        FlushAll();
    }

    /// <summary>Leaves the line. A call that ends must do so, or a turn granted to it would be lost to the others.</summary>
    public void Leave(OutputTurn turn)
    {
        lock (gate)
        {
            if (turn.Queued)
            {
                Remove_NeedsLock(turn);
            }
            else if (turn.Granted)
            {
                turn.Granted = false;
                granted--;
                GrantTurns_NeedsLock();
            }
        }
    }

    /// <summary>
    /// Gives the buffers back to the pool when nothing has left since the last such call. Meant for a slow timer: what is written and
    /// read does not pay for it, and a channel that rests after a burst does not keep the burst's memory.
    /// </summary>
    public void ReleaseIfIdle()
    {
        lock (gate)
        {
            // What a writer has left to its own flush has not made a batch yet.
            if (!flushing && Batch == lastJudged && control.Length == 0 && data.Length == 0)
            {
                control.Dispose();
                data.Dispose();
                controlInFlight.Dispose();
                dataInFlight.Dispose();
                discarded?.Dispose();
            }

            lastJudged = Batch;
        }
    }

    /// <summary>
    /// Takes no more frames; what was written still leaves. An error drops it and ends <see cref="Completion"/> with it. May be called
    /// between entering and <see cref="Exit"/>, so that the frame just written is the last.
    /// </summary>
    public void Complete(Exception? error = null)
    {
        bool finished;
        bool wake = false;
        lock (gate)
        {
            if (closed)
            {
                return;
            }

            closed = true;
            while (head is { } turn)
            {
                Remove_NeedsLock(turn);
                turn.Take();
            }

            if (error is not null)
            {
                control.Reset();
                data.Reset();
            }
            else if (!flushing && (control.Length > 0 || data.Length > 0))
            {
                flushing = wake = true;
            }

            finished = !flushing || error is not null;
        }

        if (finished)
        {
            Finish(error);
        }
        else if (wake)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute() => FlushAll();

    // By hand and not as an async method, whose state machine nobody could give back: no one awaits it.
    private void FlushAll()
    {
        try
        {
            while (TrySwap())
            {
                write = sink.WriteAsync(controlInFlight.WrittenMemory, dataInFlight.WrittenMemory).ConfigureAwait(false).GetAwaiter();
                if (!write.IsCompleted)
                {
                    write.UnsafeOnCompleted(onWritten);
                    return;
                }

                EndWrite();
            }

            sink.OnIdle();
        }
        catch (Exception error)
        {
            Break(error);
        }
    }

    private void OnWritten()
    {
        try
        {
            EndWrite();
        }
        catch (Exception error)
        {
            Break(error);
            return;
        }

        FlushAll();
    }

    private void EndWrite()
    {
        ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter ended = write;
        write = default;
        ended.GetResult();
        controlInFlight.Reset();
        dataInFlight.Reset();
    }

    private void Break(Exception error)
    {
        Complete(error);
        Finish(error);
    }

    /// <returns>The caller sees to the flush.</returns>
    private bool Release(bool wake)
    {
        if (closed)
        {
            discarded?.Reset();
            gate.Exit();
            return false;
        }

        if (entered is { } writer)
        {
            writer.Left -= data.Length - enteredAt;
            entered = null;
        }

        // A turn that was used for less than a fragment, or for nothing, leaves room for the next in line.
        GrantTurns_NeedsLock();
        wake &= !flushing && (control.Length > 0 || data.Length > 0);
        flushing |= wake;
        gate.Exit();
        return wake;
    }

    private bool TrySwap()
    {
        bool finished;
        lock (gate)
        {
            if (control.Length > 0 || data.Length > 0)
            {
                (control, controlInFlight) = (controlInFlight, control);
                (data, dataInFlight) = (dataInFlight, data);
                Batch++;
                GrantTurns_NeedsLock();
                return true;
            }

            GrantTurns_NeedsLock();
            flushing = false;
            finished = closed;
        }

        if (finished)
        {
            Finish(null);
        }

        return false;
    }

    private void Finish(Exception? error)
    {
        if (error is null)
        {
            completion.TrySetResult();
        }
        else
        {
            completion.TrySetException(error);
            _ = completion.Task.Exception;
        }
    }

    private bool Enter_NeedsLock(OutputTurn turn)
    {
        entered = turn;
        enteredAt = data.Length;
        return true;
    }

    // A turn is worth about a fragment; as many are granted as fill the buffer to the high-water mark.
    private void GrantTurns_NeedsLock()
    {
        while (head is { } turn && data.Length + (granted * FragmentLength.Default) < highWater)
        {
            Remove_NeedsLock(turn);
            turn.Granted = true;
            granted++;
            turn.Take();
        }
    }

    private void Append_NeedsLock(OutputTurn turn)
    {
        turn.Queued = true;
        turn.Previous = tail;
        turn.Next = null;
        if (tail is null)
        {
            head = turn;
        }
        else
        {
            tail.Next = turn;
        }

        tail = turn;
    }

    private void Remove_NeedsLock(OutputTurn turn)
    {
        if (turn.Previous is null)
        {
            head = turn.Next;
        }
        else
        {
            turn.Previous.Next = turn.Next;
        }

        if (turn.Next is null)
        {
            tail = turn.Previous;
        }
        else
        {
            turn.Next.Previous = turn.Previous;
        }

        turn.Previous = turn.Next = null;
        turn.Queued = false;
    }
}
