using System.Globalization;
using Grpc.Core;

namespace GrpcRouter.Chaos;

/// <summary>The processes, links and calls of one scenario.</summary>
internal sealed class Lab : IAsyncDisposable
{
    private readonly LabSetup setup;
    private readonly TimeProvider time;
    private readonly Random ports;
    private readonly List<HostProcess> all = [];
    private readonly List<(string Path, string Instance, InstanceProcess? Process)> journals = [];
    private readonly SortedDictionary<string, InstanceProcess> instances = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Instance, int Router), Link> links = [];
    private MixedLoad? load;

    public Lab(LabSetup setup, int seed, string folder, TimeProvider time)
    {
        this.setup = setup;
        this.time = time;
        Seed = seed;
        Folder = folder;

        // Not the scenario's: which ports are free is no part of what a seed replays.
        ports = new Random(unchecked(seed ^ Environment.ProcessId));
        Routers = new RouterProcess[setup.Routers];
        Phase = new Phase(time, () => Fault, DescribeAsync);
    }

    public int Seed { get; }

    /// <summary>Where the journals are.</summary>
    public string Folder { get; }

    public Phase Phase { get; }

    public Ledger Ledger { get; } = new();

    public RouterProcess[] Routers { get; }

    /// <summary>Ids of the instances that run, or should.</summary>
    public IReadOnlyList<string> Instances => [.. instances.Keys];

    public IEnumerable<HostProcess> Processes => all;

    public string? Fault => all.Select(static process => process.Fault).FirstOrDefault(static fault => fault is not null);

    public InstanceProcess Instance(string id) => instances[id];

    /// <summary>The links of an instance to all routers.</summary>
    public IEnumerable<Link> LinksOf(string instance) => links.Where(link => link.Key.Instance == instance).Select(static link => link.Value);

    public async Task StartAsync()
    {
        for (int index = 0; index < setup.Routers; index++)
        {
            await StartRouterAsync(index);
        }

        for (int number = 0; number < setup.Instances; number++)
        {
            StartInstance($"instance-{number}");
        }

        await WhenReadyAsync();
    }

    /// <summary>Starts a router, at the port that it had before.</summary>
    public async Task StartRouterAsync(int index)
    {
        HostSettings settings = new(
            $"router-{index}", setup.KeepAliveInterval, setup.KeepAliveTimeout, Port: Routers[index]?.Settings.Port ?? Ports.Take(ports));
        RouterProcess router = new(settings);
        all.Add(router);
        Routers[index] = router;
        await Phase.WaitAsync($"{router.Name} listens", router.Listening);
    }

    public void StartInstance(string id)
    {
        string path = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{id}.{all.Count}.journal"));
        HostSettings settings = new(
            id, setup.KeepAliveInterval, setup.KeepAliveTimeout, Routers: [.. Enumerable.Range(0, setup.Routers).Select(router => AddressFor(id, router))], Journal: path);
        InstanceProcess instance = new(settings);
        all.Add(instance);
        journals.Add((path, id, instance));
        instances[id] = instance;
    }

    public async Task KillInstanceAsync(string id)
    {
        instances.Remove(id, out InstanceProcess? instance);
        await instance!.KillAsync();
    }

    /// <summary>Lets an instance leave in order, and waits until it is gone.</summary>
    public async Task TerminateInstanceAsync(string id)
    {
        instances.Remove(id, out InstanceProcess? instance);
        instance!.Terminate();
        await Phase.WaitAsync($"{id} has left", instance.WhenEndedAsync());
    }

    /// <summary>A journal of an instance inside the runner.</summary>
    public Journal NewJournal(string instance)
    {
        string path = Path.Combine(Folder, $"{instance}.journal");
        journals.Add((path, instance, null));
        return new Journal(path);
    }

    /// <summary>Waits until every router has all instances, and none but them.</summary>
    public async Task WhenReadyAsync()
    {
        foreach (RouterProcess router in Routers)
        {
            await WhenRegisteredAsync(router, Instances);
        }
    }

    /// <summary>Waits until these take calls at a router, and no others.</summary>
    public Task WhenRegisteredAsync(RouterProcess router, IEnumerable<string> ids)
    {
        string[] expected = [.. ids];
        return Phase.WaitAsync(
            $"[{string.Join(' ', expected)}] take calls at {router.Name}",
            async () => (await router.CountAsync()).Instances.SequenceEqual(expected));
    }

    /// <summary>Starts the load, and waits until it is well under way.</summary>
    public async Task StartLoadAsync()
    {
        load = new MixedLoad(Ledger, [.. Routers.Select(static router => router.Address)], Seed, setup.Lines, time);
        await WhenServedAsync(setup.Lines * 4);
    }

    /// <summary>Waits until so many more calls have ended OK.</summary>
    public Task WhenServedAsync(int count) => WhenServedAsync(count, "", static _ => true);

    /// <summary>Waits until an instance has served so many more calls.</summary>
    public Task WhenServedByAsync(string instance, int count) => WhenServedAsync(count, $" by {instance}", record => record.Instance == instance);

    /// <summary>Waits until so many more calls have ended OK at a router.</summary>
    public Task WhenServedAtAsync(int router, int count) => WhenServedAsync(count, $" at router-{router}", record => record.Router == router);

    /// <summary>Waits until all calls that are under way now have ended, whatever comes after them.</summary>
    public Task WhenOverAsync()
    {
        CallRecord[] open = [.. Ledger.Open];
        return Phase.WaitAsync("the calls that were under way have ended", () => Task.FromResult(Array.TrueForAll(open, static record => record.Ends > 0)));
    }

    /// <summary>Begins no more calls, and waits until none is left.</summary>
    public Task StopLoadAsync() => load is null ? Task.CompletedTask : Phase.WaitAsync("all calls have ended", load.StopAsync());

    public IReadOnlyList<InstanceJournal> ReadJournals() =>
        [.. journals.Where(static journal => File.Exists(journal.Path)).Select(static journal => InstanceJournal.Read(journal.Path, journal.Instance, journal.Process is not { Killed: true }))];

    /// <summary>Ends instances and then routers, in order.</summary>
    public async Task LeaveAsync()
    {
        await load!.DisposeAsync();
        load = null;
        InstanceProcess[] left = [.. instances.Values];
        instances.Clear();
        foreach (HostProcess[] group in new HostProcess[][] { left, Routers })
        {
            Array.ForEach(group, static process => process.Terminate());
            await Phase.WaitAsync("all have left", Task.WhenAll(group.Select(static process => process.WhenEndedAsync())));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (load is not null)
        {
            await load.DisposeAsync();
        }

        foreach (HostProcess process in all)
        {
            await process.DisposeAsync();
        }

        foreach (Link link in links.Values)
        {
            await link.DisposeAsync();
        }
    }

    private Task WhenServedAsync(int count, string by, Func<CallRecord, bool> fits) => Phase.WaitAsync(
        $"{count} more calls are served{by}", Ledger.WhenEndedAsync(count, record => record.Status == StatusCode.OK && fits(record)));

    private string AddressFor(string instance, int router)
    {
        if (!setup.Linked)
        {
            return Routers[router].Address;
        }

        if (!links.TryGetValue((instance, router), out Link? link))
        {
            links[(instance, router)] = link = new Link(Routers[router].Settings.Port);
        }

        return link.Address;
    }

    // For whoever reads why a wait was in vain.
    private async Task<string> DescribeAsync()
    {
        List<string> lines = [];
        foreach (RouterProcess router in Routers.Where(static router => router is { HasEnded: false }))
        {
            lines.Add($"{router.Name}: {await router.CountAsync()}");
        }

        lines.AddRange(Ledger.Open.Take(10).Select(static record => $"{record} has not ended; {record.Stage}"));
        return string.Join('\n', lines);
    }
}
