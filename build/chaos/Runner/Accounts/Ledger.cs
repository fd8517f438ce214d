using System.Collections.Concurrent;

namespace GrpcRouter.Chaos;

/// <summary>All calls of a scenario, and a signal for whoever waits for some of them to end.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentQueue<CallRecord> records = new();
    private readonly Lock gate = new();
    private readonly List<Waiter> waiters = [];
    private long lastId;

    public IReadOnlyCollection<CallRecord> Records => records;

    /// <summary>Calls that have not ended.</summary>
    public IEnumerable<CallRecord> Open => records.Where(static record => record.Ends == 0);

    public CallRecord Begin(CallPlan plan)
    {
        CallRecord record = new(Interlocked.Increment(ref lastId), plan);
        records.Enqueue(record);
        return record;
    }

    /// <summary>To be told of each call that has ended.</summary>
    public void OnEnded(CallRecord record)
    {
        lock (gate)
        {
            waiters.RemoveAll(waiter => waiter.Take(record));
        }
    }

    /// <summary>Completes when so many more calls that fit have ended.</summary>
    public Task WhenEndedAsync(int count, Func<CallRecord, bool> fits)
    {
        Waiter waiter = new(count, fits);
        lock (gate)
        {
            waiters.Add(waiter);
        }

        return waiter.Done.Task;
    }

    private sealed class Waiter(int count, Func<CallRecord, bool> fits)
    {
        private int left = count;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Take(CallRecord record)
        {
            if (fits(record) && --left == 0)
            {
                Done.SetResult();
                return true;
            }

            return false;
        }
    }
}
