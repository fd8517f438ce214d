using Grpc.Core;

namespace GrpcRouter.Chaos;

/// <summary>
/// Compares what clients saw with what instances did. Each call ended once; the status is one that the plan or the scenario allows; an
/// OK was given by an instance that entered it; nothing was run twice that must not be; nothing an instance started is still running.
/// </summary>
/// <param name="promise">Which calls had to succeed.</param>
/// <param name="mostRuns">How often a call that may be run twice may be run.</param>
internal sealed class Audit(Promise promise, int mostRuns)
{
    private readonly List<string> findings = [];

    /// <summary>Gives what does not balance; empty when all does.</summary>
    public IReadOnlyList<string> Run(IEnumerable<CallRecord> records, IReadOnlyList<InstanceJournal> journals)
    {
        Dictionary<long, CallRecord> calls = records.ToDictionary(static record => record.Id);
        ILookup<long, (InstanceJournal Journal, JournalEntry Entry)> entries =
            journals.SelectMany(static journal => journal.Entries.Select(entry => (journal, entry))).ToLookup(static pair => pair.entry.Call);
        foreach (CallRecord record in calls.Values)
        {
            CheckEnd(record);
            CheckRuns(record, [.. entries[record.Id]]);
        }

        findings.AddRange(entries.Where(call => !calls.ContainsKey(call.Key)).Select(static call => $"call {call.Key} was served and never made"));
        foreach (InstanceJournal journal in journals.Where(static journal => journal.Whole))
        {
            CheckHandlers(journal);
        }

        return findings;
    }

    private void CheckEnd(CallRecord record)
    {
        findings.AddRange(record.Faults.Select(fault => $"{record}: {fault}"));
        if (record.Ends != 1)
        {
            findings.Add(record.Ends == 0 ? $"{record} has not ended; {record.Stage}" : $"{record} ended {record.Ends} times");
            return;
        }

        bool allowed = record.Status switch
        {
            StatusCode.OK => true,
            StatusCode.Cancelled => record.Plan.End == CallEnd.Cancel,
            StatusCode.DeadlineExceeded => record.Plan.End == CallEnd.Deadline,
            StatusCode.Unavailable => !promise.HasFlag(KindOf(record.Plan.Kind)),
            _ => false,
        };
        if (!allowed)
        {
            findings.Add($"{record} must not end {record.Status}: {record.Detail}");
        }
    }

    private void CheckRuns(CallRecord record, (InstanceJournal Journal, JournalEntry Entry)[] entries)
    {
        findings.AddRange(entries.Where(static pair => pair.Entry.Kind == JournalKind.Broken).Select(pair => $"{record}: {pair.Journal.Instance} says {pair.Entry.Text}"));
        string[] starts = [.. entries.Where(static pair => pair.Entry.Kind == JournalKind.Started).Select(static pair => pair.Journal.Instance)];
        int most = record.Plan.Kind == CallKind.Put ? mostRuns : 1;
        if (starts.Length > most)
        {
            findings.Add($"{record} was started {starts.Length} times, by {string.Join(", ", starts)}");
        }

        if (record is { Ends: 1, Status: StatusCode.OK } && !entries.Any(pair => pair.Journal.Instance == record.Instance && pair.Entry is { Kind: JournalKind.Ended, Text: JournalEntry.Ok }))
        {
            findings.Add($"{record} is OK, but {record.Instance ?? "no instance"} did not answer it");
        }
    }

    private void CheckHandlers(InstanceJournal journal)
    {
        Dictionary<long, int> running = [];
        foreach (JournalEntry entry in journal.Entries.Where(static entry => entry.Kind != JournalKind.Broken))
        {
            running[entry.Call] = running.GetValueOrDefault(entry.Call) + (entry.Kind == JournalKind.Started ? 1 : -1);
        }

        findings.AddRange(running.Where(static call => call.Value != 0).Select(call => $"call {call.Key} is still running at {journal.Instance}"));
    }

    private static Promise KindOf(CallKind kind) => kind switch
    {
        CallKind.Add => Promise.Once,
        CallKind.Put => Promise.Idempotent,
        _ => Promise.Streams,
    };
}
