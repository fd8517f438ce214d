using System.Collections.Concurrent;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// Runs the handlers of the calls that came together. The thread that has them runs one after the other and writes their answers in one go. Any of them may
/// block, so as long as something else waits, be it a call or an answer, another thread is on its way to take it over.
/// </summary>
internal sealed class CallStarter(ChannelOutput output) : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<InboundCall> waiting = new();
    private int relief;

    public void Add(InboundCall call) => waiting.Enqueue(call);

    /// <summary>Leaves what waits to another thread.</summary>
    public void Hand()
    {
        if (!waiting.IsEmpty)
        {
            CallRelief();
        }
    }

    /// <summary>Runs what waits, on this thread, of which it may take any time.</summary>
    public void Run()
    {
        ExecutionContext? clean = ExecutionContext.Capture();
        bool unwritten = false;
        while (waiting.TryDequeue(out InboundCall? call))
        {
            if (unwritten || !waiting.IsEmpty)
            {
                CallRelief();
            }

            bool atOnce = call.Run();
            CleanUp(clean);
            unwritten |= atOnce;

            // A handler that writes a stream takes long. What it has written must not wait until the others behind it have run too, so
            // the rest goes to the end of the pool's queue, where the relief is.
            if (!atOnce && !waiting.IsEmpty)
            {
                CallRelief();
                break;
            }
        }

        if (unwritten)
        {
            output.Flush();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref relief, 0);
        output.Flush();
        Run();
    }

    // A handler that is not async may leave its context, such as a culture or an activity, to whoever comes next.
    private static void CleanUp(ExecutionContext? clean)
    {
        if (clean is not null && ExecutionContext.Capture() != clean)
        {
            ExecutionContext.Restore(clean);
        }

        if (SynchronizationContext.Current is not null)
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    private void CallRelief()
    {
        if (Volatile.Read(ref relief) == 0 && Interlocked.Exchange(ref relief, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
