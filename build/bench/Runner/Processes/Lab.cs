namespace GrpcRouter.Bench;

/// <summary>Everything that is compared. Each server starts when a row first asks for it.</summary>
internal sealed class Lab(H2Load load, int firstPort) : IDisposable
{
    private readonly Dictionary<string, Target> _targets = new(StringComparer.Ordinal);
    private readonly List<ServerProcess> _processes = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("grpcrouter-bench-");
    private int _nextPort = firstPort;
    private Certificate? _certificate;

    public H2Load Load => load;

    public string Folder => _folder.FullName;

    public IReadOnlyList<ServerProcess> Processes => _processes;

    private Certificate Certificate => _certificate ??= Certificate.Make(Folder);

    public async Task<Target> GetAsync(string name)
    {
        if (!_targets.TryGetValue(name, out Target? target))
        {
            target = await StartAsync(name);
            _targets.Add(name, target);
            await WarmUpAsync(target);
        }

        return target;
    }

    /// <summary>A router of its own, still without instances.</summary>
    public async Task<Target> StartRouterAsync(string name)
    {
        int port = _nextPort++;
        int tlsPort = _nextPort++;
        Target target = new(name, port, tlsPort, Host(FileName(name), "RouterHost", port, tlsPort, name switch { Target.RouterWithPolicies => ["--policies"], Target.RouterSecured => ["--secured"], _ => [] }), null);
        await AwaitAsync(target, H2Load.Connects);
        return target;
    }

    /// <summary>A plain server of its own.</summary>
    public async Task<Target> StartServerAsync(string name)
    {
        int port = _nextPort++;
        int tlsPort = _nextPort++;
        Target target = new(name, port, tlsPort, Host(FileName(name), "DirectServer", port, tlsPort), null);
        await AwaitAsync(target, H2Load.Answers);
        return target;
    }

    /// <summary>Starts a program of instances behind a router, and waits for all of them.</summary>
    public Task<Target> AddInstancesAsync(Target target, string program, params IEnumerable<int> arguments) =>
        AddBehindAsync(target, program, [$"{target.Port}", .. arguments.Select(static number => $"{number}")]);

    /// <summary>Opens connections to a plain server with a stream on each, and waits for all of them.</summary>
    public Task<Target> AddStreamsAsync(Target target, int count) => AddBehindAsync(target, "Fleet", ["--bare", $"{target.Port}", $"{count}"]);

    private async Task<Target> AddBehindAsync(Target target, string program, IEnumerable<string> arguments)
    {
        HostProcess instances = new($"{FileName(target.Name)}-instances", program, Folder, arguments);
        _processes.Add(instances);
        await instances.WhenRegisteredAsync(TimeSpan.FromMinutes(5));
        return target with { Behind = instances };
    }

    /// <summary>Ends a target that no later row needs.</summary>
    public void Stop(Target target)
    {
        _targets.Remove(target.Name);
        foreach (ServerProcess process in new[] { target.Behind, target.Front }.OfType<ServerProcess>())
        {
            _processes.Remove(process);
            process.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (ServerProcess process in Enumerable.Reverse(_processes))
        {
            process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private async Task<Target> StartAsync(string name)
    {
        switch (name)
        {
            case Target.Router:
                return await AddInstancesAsync(await StartRouterAsync(name), "Instance", 1);
            case Target.RouterWithPolicies:
            case Target.RouterSecured:
                return await AddInstancesAsync(await StartRouterAsync(name), "Instance", 1);
            case Target.RouterWithTls:
                Target encrypted = await StartRouterAsync(name);
                return await AddBehindAsync(encrypted, "Instance", ["--trust", Certificate.File, $"{encrypted.TlsPort}", "1"]);
            case Target.RouterOfHundred:
                return await AddInstancesAsync(await StartRouterAsync(name), "Instance", 100);
        }

        int port = _nextPort++;
        int tlsPort = _nextPort++;
        Target target;
        switch (name)
        {
            case Target.Direct:
                target = new Target(name, port, tlsPort, null, Host(name, "DirectServer", port, tlsPort));
                break;
            case Target.Bare:
                target = new Target(name, port, tlsPort, Host("bare", "BareServer", port, tlsPort), null);
                break;
            default:
                Target direct = await GetAsync(Target.Direct);
                ServerProcess peer = Peers.Start(name, port, tlsPort, direct.Port, Certificate, Folder);
                _processes.Add(peer);
                target = new Target(name, port, tlsPort, peer, direct.Behind);
                break;
        }

        await AwaitAsync(target, H2Load.Answers);
        return target;
    }

    private static string FileName(string name) => name.Replace(", ", "-", StringComparison.Ordinal).Replace(' ', '-');

    private HostProcess Host(string name, string program, int port, int tlsPort, params string[] flags)
    {
        HostProcess host = new(name, program, Folder, [.. flags, $"{port}", $"{tlsPort}", Certificate.File, Certificate.KeyFile]);
        _processes.Add(host);
        return host;
    }

    private static async Task AwaitAsync(Target target, Func<H2LoadRequest, Task<bool>> ready)
    {
        H2LoadRequest request = new(target.Port, Requests.SayHello);
        for (int attempt = 0; attempt < 200; attempt++)
        {
            target.ThrowIfEnded();
            if (await ready(request))
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new BenchException($"{target.Name} does not answer:\n{target.Front?.Log()}\n{target.Behind?.Log()}");
    }

    /// <summary>Makes calls until they cost no less any more: the tiers of compilation show their speed only after some 100,000.</summary>
    public static async Task WarmUpAsync(Target target)
    {
        if (target.Front is PeerProcess)
        {
            return;
        }

        H2LoadRequest many = new(target.Port, Requests.SayHello) { Calls = 100_000, Connections = 4, Streams = 50, Headers = target.Headers };
        double cpu = double.MaxValue;
        for (int run = 0; run < 8; run++)
        {
            Measurement measurement = await Measurement.TakeAsync(target, 1, () => H2Load.WarmUpAsync(many));
            double next = (measurement.FrontCpu ?? 0) + (measurement.BehindCpu ?? 0);
            if (run >= 2 && next > cpu * 0.95)
            {
                break;
            }

            cpu = next;
        }

        await H2Load.WarmUpAsync(new H2LoadRequest(target.Port, Requests.SayHellos) { Calls = 1000, Connections = 4, Streams = 10, Headers = target.Headers });
        await H2Load.WarmUpAsync(new H2LoadRequest(target.Port, Requests.SayHello) { Calls = 3000, Headers = target.Headers });
    }
}
