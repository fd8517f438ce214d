using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Net.Client;
using GrpcRouter.Testing;
using GrpcRouter.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.HostileTests;

/// <summary>A router under attack, beside an honest client and instance. Its disposal fails the test when the honest ones were not served or anything is left.</summary>
internal sealed class Arena : IAsyncDisposable
{
    private readonly ConcurrentQueue<IAsyncDisposable> peers = new();
    private readonly NeighbourBridge neighbour;
    private readonly OffenceCounter offences = new();
    private readonly LogLines log;
    private TargetBridge? bridge;

    private Arena(RouterTestHost host, LogLines log)
    {
        Host = host;
        this.log = log;
        neighbour = new NeighbourBridge(new NeighbourService(), host.Address, new BridgeOptions { InstanceId = "neighbour" });
        Router = host.Hub.GetRouter<TargetRouter>();
        Victim = null!;
    }

    public RouterTestHost Host { get; }

    /// <summary>The router of the service that is attacked.</summary>
    public ServiceRouter Router { get; }

    public Victim Victim { get; private set; }

    /// <summary>What an honest instance of the attacked service runs.</summary>
    public TargetService Service { get; } = new();

    /// <summary>Starts the router and the honest peers.</summary>
    /// <param name="router">Changes the router's options.</param>
    /// <param name="kestrel">Changes the server's.</param>
    /// <param name="bridge">Whether an honest instance serves what is attacked, too.</param>
    /// <param name="time">The router's clock.</param>
    public static async Task<Arena> StartAsync(
        Action<RouterOptions>? router = null, Action<KestrelServerLimits>? kestrel = null, bool bridge = true, TimeProvider? time = null)
    {
        LogLines log = new();
        RouterTestHost host = await RouterTestHost.StartAsync<NeighbourRouter>(new RouterTestHostOptions
        {
            Router = router,
            Patience = Until.Patience,
            Builder = builder =>
            {
                builder.Logging.AddProvider(log).AddFilter<LogLines>(null, LogLevel.Information);
                builder.Services.Configure<KestrelServerOptions>(options => kestrel?.Invoke(options.Limits));
                if (time is not null)
                {
                    builder.Services.AddSingleton(time);
                }
            },
            Application = static app => app.MapGrpcRouter<TargetRouter>(),
        });
        Arena arena = new(host, log);
        await arena.neighbour.StartAsync().Soon("The honest instance did not register.");
        if (bridge)
        {
            arena.bridge = new TargetBridge(arena.Service, host.Address, new BridgeOptions { InstanceId = "target" });
            await arena.bridge.StartAsync().Soon("The instance did not register.");
        }

        arena.Victim = new Victim(host.CreateChannel());
        await arena.Victim.IsServedAsync();
        return arena;
    }

    public async Task<Http2Peer> ConnectAsync(int window = 65_535, bool reads = true, bool answers = true)
    {
        Http2Peer peer = await Http2Peer.ConnectAsync(new Uri(Host.Address), window, reads, answers);
        peers.Enqueue(peer);
        return peer;
    }

    /// <summary>Opens a registration stream on which nothing has been said.</summary>
    public async Task<HostileInstance> ConnectInstanceAsync()
    {
        HostileInstance instance = await HostileInstance.ConnectAsync(Host.Address, TargetRouter.Service);
        peers.Enqueue(instance);
        return instance;
    }

    public async Task<HostileInstance> RegisterAsync(string instanceId = "hostile", Action<Hello>? change = null)
    {
        HostileInstance instance = await ConnectInstanceAsync();
        await instance.RegisterAsync(instanceId, change);
        return instance;
    }

    /// <summary>An honest client of the attacked service.</summary>
    public Target.TargetClient CreateClient()
    {
        GrpcChannel channel = Host.CreateChannel();
        peers.Enqueue(new Disposal(channel));
        return new Target.TargetClient(channel);
    }

    /// <summary>Waits until an offence is counted and the log names who committed it.</summary>
    /// <param name="kind">One of <see cref="AbuseKinds"/>.</param>
    /// <param name="peer">What the line must hold.</param>
    public Task IsCaughtAsync(string kind, string peer) => Until.TrueAsync(
        () => offences.Of(kind) > 0 && log.All.Any(line => line.Contains(peer, StringComparison.Ordinal)),
        () => $"Nobody was caught at {kind} as {peer}. Counted: {offences}. Logged:\n{string.Join('\n', log.All)}");

    /// <summary>So many offences of a kind were counted.</summary>
    public long Offences(string kind) => offences.Of(kind);

    /// <summary>What the log says of a peer.</summary>
    public IEnumerable<string> LinesOf(string peer) => log.All.Where(line => line.Contains(peer, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await Victim.IsServedAsync();
        await Victim.DisposeAsync();
        foreach (IAsyncDisposable peer in peers)
        {
            await peer.DisposeAsync();
        }

        await Until.TrueAsync(() => Router.ActiveCalls == 0 && Service.Running == 0, () => $"{Router.ActiveCalls} calls and {Service.Running} handlers are left.");
        if (bridge is not null)
        {
            await bridge.DisposeAsync();
        }

        await neighbour.DisposeAsync();
        await Until.TrueAsync(() => Router.OpenChannels == 0, () => $"{Router.OpenChannels} channels are left.");
        await Host.DisposeAsync();
        offences.Dispose();
    }

    private sealed class Disposal(IDisposable what) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            what.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
