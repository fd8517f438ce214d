using Grpc.Core;
using Grpc.Net.Client;
using GrpcRouter.Testing;
using GrpcRouter.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.FunctionalTests;

/// <summary>Client, router and instances on loopback. Its disposal fails the test when anything is left over or was logged unasked.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly RigOptions options;
    private readonly List<ProbeBridge> bridges = [];
    private readonly List<Scripted> scripted = [];
    private readonly Timer watchdog;

    private Rig(RouterTestHost host, LogGuard logs, RigOptions options)
    {
        this.options = options;
        Host = host;
        Logs = logs;
        Channel = host.CreateChannel(options.Client);
        Client = new Probe.ProbeClient(Channel);
        Raw = new RawClient(host.Address);

        // A call that hangs is to fail its own test, not the run.
        watchdog = new Timer(_ => Channel.Dispose(), null, Until.Patience * 2, Timeout.InfiniteTimeSpan);
    }

    public RouterTestHost Host { get; }

    public ServiceRouter Router => Host.Router;

    public string Address => Host.Address;

    public LogGuard Logs { get; }

    public GrpcChannel Channel { get; }

    public Probe.ProbeClient Client { get; }

    public RawClient Raw { get; }

    /// <summary>What the instances run, unless one was added with a service of its own.</summary>
    public ProbeService Service { get; } = new();

    public IReadOnlyList<ProbeBridge> Bridges => bridges;

    public static async Task<Rig> StartAsync(RigOptions options)
    {
        LogGuard logs = new();
        RouterTestHost host = await RouterTestHost.StartAsync<ProbeRouter>(new RouterTestHostOptions
        {
            Router = options.Router,
            Listen = options.Listen,
            AllowErrors = true,
            Builder = builder =>
            {
                builder.Logging.AddProvider(logs);
                if (options.Time is { } time)
                {
                    builder.Services.AddSingleton(time);
                }

                options.Builder?.Invoke(builder);
            },
            Conventions = options.Conventions,
            Application = options.Application,
        });
        Rig rig = new(host, logs, options);
        for (int i = 0; i < options.Instances; i++)
        {
            await rig.AddInstanceAsync();
        }

        return rig;
    }

    /// <summary>Starts an instance and waits until the router gives it calls.</summary>
    public async Task<ProbeBridge> AddInstanceAsync(ProbeService? service = null, Action<BridgeOptions>? configure = null)
    {
        BridgeOptions bridgeOptions = new() { InstanceId = $"instance-{bridges.Count}", LoggerFactory = Logs };
        options.Bridge?.Invoke(bridgeOptions);
        configure?.Invoke(bridgeOptions);
        ProbeBridge bridge = new(service ?? Service, Address, bridgeOptions);
        bridges.Add(bridge);
        await bridge.StartAsync().Soon("The bridge did not register.");
        return bridge;
    }

    /// <summary>Opens a registration stream and registers; the test plays the instance from there.</summary>
    public async Task<Scripted> ScriptAsync(string instanceId = "scripted", Action<Hello>? change = null)
    {
        Scripted instance = await ConnectAsync();
        await instance.RegisterAsync(instanceId, change);
        return instance;
    }

    /// <summary>Opens a registration stream on which nothing has been said.</summary>
    public async Task<Scripted> ConnectAsync()
    {
        Scripted instance = await Scripted.ConnectAsync(Address, ProbeRouter.Service);
        scripted.Add(instance);
        return instance;
    }

    public Task<Http2Peer> OpenHttp2Async(int window = 65_535) => Http2Peer.ConnectAsync(new Uri(Address), window);

    public Task WhenIdleAsync() => Until.TrueAsync(IsIdle, Describe);

    public async ValueTask DisposeAsync()
    {
        await WhenIdleAsync();
        await watchdog.DisposeAsync();
        Channel.Dispose();
        Raw.Dispose();
        foreach (Scripted instance in scripted)
        {
            await instance.DisposeAsync();
        }

        foreach (ProbeBridge bridge in bridges)
        {
            await bridge.DisposeAsync();
        }

        await Until.TrueAsync(() => Router.OpenChannels == 0, Describe);
        await Host.DisposeAsync();
        Logs.Verify();
    }

    private bool IsIdle() => Router.ActiveCalls == 0 && bridges.TrueForAll(static bridge => bridge.LiveCalls == 0) && Service.Running == 0;

    private string Describe() =>
        $"{Router.ActiveCalls} calls in the router, {Router.OpenChannels} channels, {bridges.Sum(static bridge => bridge.LiveCalls)} calls in bridges, "
        + $"{Service.Running} handlers running; {string.Join("; ", Router.Instances.Select(static instance => $"{instance}: {instance.ActiveCalls} calls"))}";
}
