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

    /// <summary>A router of its own with a program of instances behind it.</summary>
    public async Task<Target> StartRouterAsync(string name, string program, params IEnumerable<string> arguments)
    {
        int port = _nextPort++;
        int tlsPort = _nextPort++;
        string file = name.Replace(", ", "-", StringComparison.Ordinal).Replace(' ', '-');
        HostProcess router = Host($"{file}-host", "RouterHost", port, tlsPort);
        Target target = new(name, port, tlsPort, router, null);
        await AwaitAsync(target, H2Load.Connects);
        HostProcess instances = new($"{file}-instances", program, Folder, [$"{port}", .. arguments]);
        _processes.Add(instances);
        await instances.WhenRegisteredAsync(TimeSpan.FromMinutes(2));
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
                return await StartRouterAsync(name, "Instance");
            case Target.RouterOfHundred:
                return await StartRouterAsync(name, "Instance", "100");
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
                PeerProcess peer = Peers.Start(name, port, tlsPort, direct.Port, Certificate, Folder);
                _processes.Add(peer);
                target = new Target(name, port, tlsPort, peer, direct.Behind);
                break;
        }

        await AwaitAsync(target, H2Load.Answers);
        return target;
    }

    private HostProcess Host(string name, string program, int port, int tlsPort)
    {
        HostProcess host = new(name, program, Folder, $"{port}", $"{tlsPort}", Certificate.File, Certificate.KeyFile);
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

    /// <summary>Makes enough calls for the tiers of compilation, which show their speed only after some 100,000.</summary>
    public static async Task WarmUpAsync(Target target)
    {
        if (Peers.Names.Contains(target.Name))
        {
            return;
        }

        await H2Load.WarmUpAsync(new H2LoadRequest(target.Port, Requests.SayHello) { Calls = 100_000, Connections = 4, Streams = 50 });
        await H2Load.WarmUpAsync(new H2LoadRequest(target.Port, Requests.SayHello) { Calls = 100_000, Connections = 4, Streams = 50 });
        await H2Load.WarmUpAsync(new H2LoadRequest(target.Port, Requests.SayHellos) { Calls = 1000, Connections = 4, Streams = 10 });
        await H2Load.WarmUpAsync(new H2LoadRequest(target.Port, Requests.SayHello) { Calls = 3000 });
    }
}
