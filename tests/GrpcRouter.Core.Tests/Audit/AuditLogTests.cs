using System.Text.Json;

namespace GrpcRouter.Core.Tests;

public sealed class AuditLogTests : IDisposable
{
    private readonly AuditFolder folder = new();

    [Fact]
    public async Task An_entry_is_a_line_that_says_what_happened_and_is_chained_to_the_one_before()
    {
        ManualTimeProvider time = new();
        await using AuditLog log = folder.Open(time);
        log.Write(new AuditEntry(AuditEvents.RegistrationRefused)
        {
            Service = "greet.Greeter",
            Instance = "one",
            Peer = "ipv4:192.0.2.1:7",
            Identity = "spiffe://example/one",
            Reason = "No.",
            Details = new Dictionary<string, string> { ["code"] = "7" },
        });
        await log.FlushAsync().Soon();

        string[] lines = folder.Lines;
        Assert.Equal(2, lines.Length);
        JsonElement first = JsonDocument.Parse(lines[0]).RootElement;
        JsonElement second = JsonDocument.Parse(lines[1]).RootElement;
        Assert.Equal((1, "audit-log-opened", new string('0', 64)), (first.GetProperty("seq").GetInt32(), first.GetProperty("event").GetString(), first.GetProperty("prev").GetString()));
        Assert.Equal(
            ["seq", "time", "event", "service", "instance", "peer", "identity", "reason", "details", "prev", "hash"], second.EnumerateObject().Select(static property => property.Name));
        Assert.Equal("2030-01-01T00:00:00.0000000Z", second.GetProperty("time").GetString());
        Assert.Equal(("spiffe://example/one", "7"), (second.GetProperty("identity").GetString(), second.GetProperty("details").GetProperty("code").GetString()));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(lines[0]))), second.GetProperty("prev").GetString());
        AuditVerification found = folder.Verify();
        Assert.Equal((true, 2, 1, log.Head, 0), (found.IsWhole, found.Entries, found.FirstSequence, found.Head, found.TornBytes));
    }

    [Fact]
    public async Task What_peers_say_can_neither_forge_a_line_nor_grow_without_bound()
    {
        const string Forged = "x\"}\n{\"seq\":3,\"event\":\"admin-key-used\",\"prev\":\"\",\"hash\":\"\"}\r\u2028\u0000\uD800";
        await using (AuditLog log = folder.Open())
        {
            log.Write(new AuditEntry(AuditEvents.Registered) { Instance = Forged, Reason = new string('\u0001', 1_000_000) });
            log.Write(new AuditEntry(AuditEvents.Registered)
            {
                Details = Enumerable.Range(0, 1000).ToDictionary(static i => $"{i:D3}{Forged}{new string('k', 1000)}", static _ => new string('v', 100_000)),
            });
        }

        string[] lines = folder.Lines;
        Assert.Equal(3, lines.Length);
        Assert.All(lines, static line => Assert.DoesNotContain(line, static c => c is < ' ' or > '~'));
        Assert.StartsWith(Forged[..10], JsonDocument.Parse(lines[1]).RootElement.GetProperty("instance").GetString(), StringComparison.Ordinal);
        Assert.InRange(lines[1].Length, 1024, 10_000);
        Assert.Equal(32, JsonDocument.Parse(lines[2]).RootElement.GetProperty("details").EnumerateObject().Count());
        Assert.True(folder.Verify().IsWhole);
    }

    [Fact]
    public async Task A_log_that_is_opened_again_goes_on_with_its_chain()
    {
        AuditHead first = await folder.WriteAsync(3);
        AuditHead second = await folder.WriteAsync(3);

        AuditVerification found = folder.Verify(first);

        Assert.Equal((4, 8), (first.Sequence, second.Sequence));
        Assert.Equal((true, 8, second), (found.IsWhole, found.Entries, found.Head));
    }

    [Fact]
    public async Task A_file_that_is_long_enough_is_set_aside_and_the_chain_goes_on_in_the_next()
    {
        await using (AuditLog log = folder.Open(maxFileSize: 64 * 1024))
        {
            for (int i = 0; i < 300; i++)
            {
                log.Write(new AuditEntry(AuditEvents.Registered) { Reason = new string('x', 1000) });
                await log.FlushAsync().Soon();
            }
        }

        string[] files = folder.Files;
        Assert.InRange(files.Length, 4, 8);
        Assert.Equal(["audit.000000000001.jsonl", "audit.jsonl"], [files[0], files[^1]]);
        Assert.Equal((true, 301), (folder.Verify().IsWhole, folder.Verify().Entries));

        // One that was moved away is verified by itself, and the rest without it.
        string moved = Path.Combine(Path.GetDirectoryName(folder.Path)!, files[0]);
        AuditVerification alone = AuditLogVerifier.Verify(moved);
        Assert.Equal((true, 1L), (alone.IsWhole, alone.FirstSequence));
        File.Delete(moved);
        AuditVerification rest = folder.Verify();
        Assert.Equal((true, alone.Head.Sequence + 1, 301L), (rest.IsWhole, rest.FirstSequence, rest.Head.Sequence));

        // A router that is started again finds the end, also if the file that is written has none yet.
        File.Delete(folder.Path);
        AuditHead last = folder.Verify().Head;
        await folder.WriteAsync(1);
        Assert.Equal((true, last.Sequence + 2), (folder.Verify().IsWhole, folder.Verify().Head.Sequence));
    }

    [Fact]
    public async Task One_router_at_a_time_writes_a_log_and_others_may_read_it()
    {
        await using AuditLog log = folder.Open();
        await log.FlushAsync().Soon();

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => folder.Open());

        Assert.StartsWith($"The audit log {folder.Path} cannot be written.", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, folder.Verify().Entries);
    }

    [Fact]
    public void A_log_in_a_folder_that_is_not_there_is_not_opened()
    {
        Assert.Throws<InvalidOperationException>(() => AuditLog.Open(new AuditOptions { Path = folder.Path + "/none/audit.jsonl" }));
        Assert.Throws<InvalidOperationException>(() => AuditLog.Open(new AuditOptions()));
    }

    [Fact]
    public async Task A_line_that_a_crash_left_unfinished_is_no_tampering_and_the_next_entry_says_that_it_was_taken_away()
    {
        await folder.WriteAsync(5);
        byte[] all = await File.ReadAllBytesAsync(folder.Path);
        await File.WriteAllBytesAsync(folder.Path, all[..^40]);
        Assert.Equal((true, 5L), (folder.Verify().IsWhole, folder.Verify().Entries));
        int torn = folder.Verify().TornBytes;
        Assert.InRange(torn, 100, 400);
        LogLines lines = new();

        await using (AuditLog log = folder.Open(log: lines))
        {
            await log.FlushAsync().Soon();
        }

        Assert.Contains($"{torn} bytes", Assert.Single(lines.Of("AuditTorn")), StringComparison.Ordinal);
        JsonElement recovered = JsonDocument.Parse(folder.Lines[5]).RootElement;
        Assert.Equal((6, "audit-log-recovered", $"{torn}"), (recovered.GetProperty("seq").GetInt32(), recovered.GetProperty("event").GetString(), recovered.GetProperty("details").GetProperty("bytes").GetString()));
        Assert.Equal((true, 7L, 0), (folder.Verify().IsWhole, folder.Verify().Entries, folder.Verify().TornBytes));
    }

    [Fact]
    public async Task An_end_that_was_tampered_with_stays_as_evidence_and_the_log_goes_on()
    {
        await folder.WriteAsync(3);
        await File.WriteAllTextAsync(folder.Path, (await File.ReadAllTextAsync(folder.Path)).Replace("instance-2", "instance-9", StringComparison.Ordinal));
        LogLines lines = new();

        await using (AuditLog log = folder.Open(log: lines))
        {
            await log.FlushAsync().Soon();
        }

        Assert.Single(lines.Of("AuditTampered"));
        Assert.Equal(6, folder.Lines.Length);
        Assert.Contains("audit-log-recovered", folder.Lines[4], StringComparison.Ordinal);
        Assert.Equal((AuditBreakKind.Changed, 4L), (folder.Verify().Break!.Kind, folder.Verify().Break!.Line));
    }

    [Fact]
    public async Task What_somebody_else_writes_meanwhile_is_found_and_stays()
    {
        LogLines lines = new();
        await using (AuditLog log = folder.Open(log: lines))
        {
            await log.FlushAsync().Soon();
            await File.AppendAllTextAsync(folder.Path, "{\"seq\":2,\"event\":\"registered\"}\n");
            log.Write(new AuditEntry(AuditEvents.Registered));
            await log.FlushAsync().Soon();
        }

        Assert.Single(lines.Of("AuditTampered"));
        Assert.Equal(3, folder.Lines.Length);
        Assert.Equal((AuditBreakKind.Changed, 2L), (folder.Verify().Break!.Kind, folder.Verify().Break!.Line));
    }

    [Fact]
    public async Task A_full_disk_holds_nobody_up_and_what_could_not_wait_is_counted_and_said_in_the_log()
    {
        FullDisk disk = new();
        ManualTimeProvider time = new();
        LogLines lines = new();
        await using (AuditLog log = AuditLog.Open(new AuditOptions { Path = folder.Path, QueueLimit = 100 }, time, lines, disk.Open))
        {
            await log.FlushAsync().Soon();
            disk.IsFull = true;
            log.Write(new AuditEntry("first"));
            Patience.Until(() => log.IsFailing, "The disk is full.");

            // One batch is with the writer, the queue has room for a hundred.
            for (int i = 0; i < 150; i++)
            {
                log.Write(new AuditEntry("waiting"));
            }

            Assert.Equal(50, log.Lost);
            await time.WhenTimerAsync(static due => due == TimeSpan.FromSeconds(1));
            time.Advance(TimeSpan.FromSeconds(1));
            await time.WhenTimerAsync(static due => due == TimeSpan.FromSeconds(2));
            Assert.Equal(1, log.Head.Sequence);

            disk.IsFull = false;
            time.Advance(TimeSpan.FromSeconds(2));
            await log.FlushAsync().Soon();
            Assert.Equal((false, 50L), (log.IsFailing, log.Lost));
        }

        Assert.Single(lines.Of("AuditFails"));
        Assert.Single(lines.Of("AuditLoses"));
        Assert.Single(lines.Of("AuditWorks"));
        AuditVerification found = folder.Verify();
        Assert.Equal((true, 103L), (found.IsWhole, found.Entries));
        JsonElement lost = folder.Lines.Select(static line => JsonDocument.Parse(line).RootElement).Single(static line => line.GetProperty("event").GetString() == "audit-entries-lost");
        Assert.Equal("50", lost.GetProperty("details").GetProperty("entries").GetString());
    }

    [Fact]
    public async Task A_log_that_is_closed_while_the_disk_is_full_says_what_is_missing()
    {
        FullDisk disk = new() { IsFull = true };
        LogLines lines = new();
        AuditLog log = AuditLog.Open(new AuditOptions { Path = folder.Path }, TimeProvider.System, lines, disk.Open);
        Patience.Until(() => log.IsFailing, "The disk is full.");
        log.Write(new AuditEntry("late"));

        await log.DisposeAsync().AsTask().Soon();

        Assert.Contains("its last 2 entries", Assert.Single(lines.Of("AuditUnfinished")), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
