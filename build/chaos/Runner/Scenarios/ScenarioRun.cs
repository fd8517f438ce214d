namespace GrpcRouter.Chaos;

/// <summary>Runs a scenario and looks at what it left.</summary>
internal sealed class ScenarioRun(Scenario scenario, int seed, string folder, TimeProvider time)
{
    // As the routers are configured for the method that may be run twice.
    private const int MostRuns = 3;

    // Pools keep buffers of the load's larger messages, and code compiled meanwhile has its own data.
    private const long HeapGrowth = 16 * 1024 * 1024;

    // The platform has timers that come and go by themselves.
    private const int TimerGrowth = 2;

    private readonly List<string> findings = [];

    /// <summary>Runs it. What goes wrong is in the result.</summary>
    public async Task<ScenarioResult> RunAsync()
    {
        long start = time.GetTimestamp();
        string journals = Path.Combine(folder, $"{scenario.Name}-{seed}");
        if (Directory.Exists(journals))
        {
            Directory.Delete(journals, recursive: true);
        }

        Directory.CreateDirectory(journals);
        await using Lab lab = new(scenario.Setup, seed, journals, time);
        if (!await TryAsync(lab, () => RunAsync(lab)))
        {
            // What is said of calls is to be about the failure, and not about the end that it put to them.
            await TryAsync(lab, lab.StopLoadAsync);
        }

        findings.AddRange(new Audit(scenario.Promise, MostRuns).Run(lab.Ledger.Records, lab.ReadJournals()));
        CheckHosts(lab);
        if (findings.Count == 0)
        {
            Directory.Delete(journals, recursive: true);
        }
        else
        {
            await File.WriteAllLinesAsync(Path.Combine(journals, "hosts.log"), lab.Processes.SelectMany(static process => process.Lines.Select(line => $"{process.Name} {line}")));
            findings.Add($"journals and logs: {journals}");
        }

        return new ScenarioResult(scenario.Name, seed, CallTally.Of(lab.Ledger.Records), time.GetElapsedTime(start), findings);
    }

    private async Task<bool> TryAsync(Lab lab, Func<Task> step)
    {
        try
        {
            await step();
            return true;
        }
        catch (ChaosException failure)
        {
            findings.Add(failure.Message);
        }
        catch (Exception error)
        {
            findings.Add($"In the phase '{lab.Phase.Current}': {error}");
        }

        return false;
    }

    private async Task RunAsync(Lab lab)
    {
        await lab.StartAsync();
        RouterCounts baseline = await lab.Routers[0].CollectAsync();
        await lab.StartLoadAsync();
        await scenario.RunAsync(lab, new Random(seed));
        await lab.StopLoadAsync();
        foreach (string id in lab.Instances)
        {
            await lab.Phase.WaitAsync($"{id} has no handler left", async () => (await lab.Instance(id).CountAsync()).Handlers == 0);
        }

        foreach (RouterProcess router in lab.Routers)
        {
            await lab.Phase.WaitAsync($"{router.Name} holds nothing of the calls", async () => Holds(await router.CountAsync(), lab, baseline));
            await lab.Phase.WaitAsync(
                $"{router.Name} has its memory back ({baseline.HeapBytes / 1024:n0} KiB before)",
                async () => (await router.CollectAsync()).HeapBytes < baseline.HeapBytes + HeapGrowth);
        }

        await lab.LeaveAsync();
    }

    private static bool Holds(RouterCounts counts, Lab lab, RouterCounts baseline) =>
        counts is { ActiveCalls: 0, ChannelCalls: 0, Deadlines: 0, WaitingCalls: 0, ReplayBytes: 0, PendingWork: 0 }
        && counts.OpenChannels == lab.Instances.Count
        && counts.Instances.SequenceEqual(lab.Instances)
        && counts.Timers <= baseline.Timers + TimerGrowth;

    private void CheckHosts(Lab lab)
    {
        findings.AddRange(lab.Processes.Select(static process => process.Fault).OfType<string>());
        findings.AddRange(
            from process in lab.Processes
            from line in process.Complaints
            where !scenario.ExpectedLog.Contains(line.Event, StringComparer.Ordinal)
            select $"{process.Name} logged {line}");
    }
}
