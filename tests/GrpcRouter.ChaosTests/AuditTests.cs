using Grpc.Core;

namespace GrpcRouter.ChaosTests;

public sealed class AuditTests
{
    private const string One = "one";
    private const string Two = "two";

    [Fact]
    public void A_call_that_was_served_and_ended_once_balances() =>
        Assert.Empty(Find(Promise.All, [Ended(1, CallKind.Add)], Journal(One, Started(1), Finished(1))));

    [Fact]
    public void A_call_that_never_ended_is_found() =>
        Finds("has not ended; writing request 3", Find(Promise.None, [Open(1, "writing request 3")]));

    [Fact]
    public void A_call_that_ended_twice_is_found()
    {
        CallRecord record = Ended(1, CallKind.Add);
        record.End(StatusCode.OK, "");

        Finds("ended 2 times", Find(Promise.None, [record], Journal(One, Started(1), Finished(1))));
    }

    [Theory]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.DeadlineExceeded)]
    public void A_status_that_nobody_asked_for_is_found(StatusCode status) =>
        Finds($"must not end {status}", Find(Promise.None, [Ended(1, CallKind.Talk, status)]));

    [Theory]
    [InlineData(Promise.None, CallKind.Add, false)]
    [InlineData(Promise.Idempotent, CallKind.Add, false)]
    [InlineData(Promise.Idempotent, CallKind.Put, true)]
    [InlineData(Promise.Unary, CallKind.Add, true)]
    [InlineData(Promise.Unary, CallKind.Watch, false)]
    [InlineData(Promise.All, CallKind.Store, true)]
    internal void A_call_that_had_to_succeed_and_failed_is_found(Promise promise, CallKind kind, bool found) =>
        Assert.Equal(found, Find(promise, [Ended(1, kind, StatusCode.Unavailable)]).Count == 1);

    [Fact]
    public void A_call_that_two_instances_started_is_found() =>
        Finds("was started 2 times, by one, two", Find(Promise.None, [Ended(1, CallKind.Add)], Journal(One, Started(1), Finished(1)), Journal(Two, Started(1), Finished(1))));

    [Fact]
    public void A_call_that_may_be_tried_again_may_be_started_as_often_as_the_policy_says()
    {
        InstanceJournal[] journals = [Journal(One, Started(1), Finished(1)), Journal(Two, Started(1), Finished(1)), Journal("three", Started(1), Finished(1))];

        Assert.Empty(Find(Promise.None, [Ended(1, CallKind.Put)], journals));
        Finds("was started 4 times", Find(Promise.None, [Ended(1, CallKind.Put)], [.. journals, Journal("four", Started(1), Finished(1))]));
    }

    [Fact]
    public void An_answer_of_an_instance_that_did_not_give_it_is_found() =>
        Finds("is OK, but one did not answer it", Find(Promise.None, [Ended(1, CallKind.Add)], Journal(One, Started(1), Cancelled(1)), Journal(Two)));

    [Fact]
    public void A_call_that_nobody_made_is_found() =>
        Finds("call 7 was served and never made", Find(Promise.None, [], Journal(One, Started(7), Finished(7))));

    [Fact]
    public void A_handler_that_is_left_is_found_unless_its_instance_was_killed()
    {
        CallRecord record = Ended(1, CallKind.Add, StatusCode.Unavailable);

        Finds("call 1 is still running at one", Find(Promise.None, [record], Journal(One, Started(1))));
        Assert.Empty(Find(Promise.None, [record], Journal(One, Started(1)) with { Whole = false }));
    }

    [Fact]
    public void What_client_and_instance_say_of_messages_is_found()
    {
        CallRecord record = Ended(1, CallKind.Talk);
        record.Break("response 2 came as 3");

        IReadOnlyList<string> findings = Find(
            Promise.None, [record], Journal(One, Started(1), new JournalEntry(JournalKind.Broken, 1, "request 0 came as 1"), Finished(1)));

        Assert.Equal(2, findings.Count);
        Finds("response 2 came as 3", findings);
        Finds("one says request 0 came as 1", findings);
    }

    [Fact]
    public void A_journal_is_read_up_to_the_line_that_a_kill_cut_short()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, $"{Started(1)}\n{Finished(1)}\nStar");

        InstanceJournal journal = InstanceJournal.Read(path, One, whole: false);

        File.Delete(path);
        Assert.Equal([Started(1), Finished(1)], journal.Entries);
    }

    private static IReadOnlyList<string> Find(Promise promise, CallRecord[] records, params InstanceJournal[] journals) =>
        new Audit(promise, mostRuns: 3).Run(records, journals);

    private static void Finds(string what, IReadOnlyList<string> findings) =>
        Assert.Contains(findings, finding => finding.Contains(what, StringComparison.Ordinal));

    private static CallRecord Open(long id, string stage) => new(id, Plan(CallKind.Store)) { Stage = stage };

    private static CallRecord Ended(long id, CallKind kind, StatusCode status = StatusCode.OK)
    {
        CallRecord record = new(id, Plan(kind)) { Instance = status == StatusCode.OK ? One : null };
        record.End(status, "");
        return record;
    }

    private static CallPlan Plan(CallKind kind) => new(kind, Items: 1, Size: 1, DelayMs: 0, GapMs: 0, CallEnd.Complete, LimitMs: 1);

    private static InstanceJournal Journal(string instance, params JournalEntry[] entries) => new(instance, Whole: true, entries);

    private static JournalEntry Started(long call) => new(JournalKind.Started, call, "-");

    private static JournalEntry Finished(long call) => new(JournalKind.Ended, call, JournalEntry.Ok);

    private static JournalEntry Cancelled(long call) => new(JournalKind.Ended, call, "cancelled");
}
