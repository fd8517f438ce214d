using System.Net;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.Bridge.Tests;

public sealed class RouterDiscoveryTests
{
    private static readonly IPAddress First = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress Second = IPAddress.Parse("127.0.0.2");

    private readonly ManualTimeProvider time = new();
    private readonly LogCollector log = new();
    private Func<IPAddress[]> addresses = static () => [First, Second, First, IPAddress.IPv6Loopback];
    private string? asked;

    [Fact]
    public async Task Every_address_of_a_name_is_a_router_and_is_asked_for_by_the_name()
    {
        await using ScriptedRouter one = await ScriptedRouter.StartAsync(at: new IPEndPoint(First, 0));
        await using ScriptedRouter two = await ScriptedRouter.StartAsync(at: new IPEndPoint(Second, one.Port));
        await using ProbeBridge bridge = new(new ProbeService(), $"dns:///router.test:{one.Port}", Options());
        Task started = bridge.StartAsync();
        foreach (ScriptedRouter router in new[] { one, two })
        {
            ScriptedChannel channel = await router.AcceptAsync();
            Assert.Equal($"router.test:{one.Port}", channel.Request.Host.Value);
            await channel.RegisterAsync();
            Assert.False(router.HasChannel);
        }

        await started.WaitAsync(Patience.Limit);
        Assert.Equal("router.test", asked);
    }

    [Fact]
    public async Task A_new_address_is_dialed_and_one_that_is_gone_is_left_with_its_last_call()
    {
        await using ScriptedRouter one = await ScriptedRouter.StartAsync(at: new IPEndPoint(First, 0));
        await using ScriptedRouter two = await ScriptedRouter.StartAsync(at: new IPEndPoint(Second, one.Port));
        addresses = static () => [First];
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ProbeService service = new()
        {
            OnEcho = async (request, _) =>
            {
                await release.Task;
                return request;
            },
        };
        await using ProbeBridge bridge = new(service, $"dns:///router.test:{one.Port}", Options());
        Task started = bridge.StartAsync();
        ScriptedChannel old = await one.AcceptAsync();
        await old.RegisterAsync();
        await started.WaitAsync(Patience.Limit);
        old.AnswersDrains = false;
        await old.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart(), Echo = new Text { Value = "long" }, HalfClose = true });
        Assert.Empty(await old.SettleAsync());
        Assert.False(two.HasChannel);

        addresses = static () => [Second];
        await PassAsync(1);
        await PassAsync(29);
        ScriptedChannel young = await two.AcceptAsync();
        await young.RegisterAsync();
        Assert.Equal(new Drain { Reason = "The router is no longer among those the instance knows." }, (await old.ReceiveAsync()).Control?.Drain);
        await old.SendAsync(new ProbeRouterFrame { Control = new RouterControl { DrainAck = new DrainAck() } });
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(old.Closed.IsCompleted);
        release.SetResult();
        Assert.Equal("long", (await old.ReceiveAsync()).Echo.Value);
        await old.Closed.WaitAsync(Patience.Limit);
        Assert.False(one.HasChannel);
        Assert.True(bridge.IsRegistered);
    }

    [Fact]
    public async Task A_bridge_that_stops_cuts_the_calls_on_routers_that_are_gone_after_its_grace()
    {
        ChannelDiscovery discovery = new();
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        BridgeOptions options = Options();
        options.RouterDiscovery = discovery;
        options.StopGrace = TimeSpan.FromSeconds(7);
        ProbeService service = new() { OnEcho = static (request, context) => Task.Delay(-1, context.CancellationToken).ContinueWith(_ => request) };
        await using Alone bridge = new(service, options);
        Task started = bridge.StartAsync();
        discovery.Lists.Writer.TryWrite([new Uri(router.Address)]);
        ScriptedChannel channel = await router.AcceptAsync();
        await channel.RegisterAsync();
        await started.WaitAsync(Patience.Limit);
        await channel.SendAsync(new ProbeRouterFrame { CallId = 1, Start = new CallStart(), Echo = new Text(), HalfClose = true });
        Assert.Empty(await channel.SettleAsync());
        discovery.Lists.Writer.TryWrite([]);
        await Waiting("is no longer among");
        Task stopping = bridge.StopAsync();
        await time.WhenTimerAsync(static wait => wait == TimeSpan.FromSeconds(7)).WaitAsync(Patience.Limit);
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal((uint)Grpc.Core.StatusCode.Unavailable, (await channel.ReceiveEndAsync(1)).Code);
        await stopping.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task A_resolution_that_fails_changes_nothing_is_logged_and_is_tried_again_soon()
    {
        await using ScriptedRouter one = await ScriptedRouter.StartAsync(at: new IPEndPoint(First, 0));
        await using ScriptedRouter two = await ScriptedRouter.StartAsync(at: new IPEndPoint(Second, one.Port));
        addresses = static () => throw new IOException("no name server");
        await using ProbeBridge bridge = new(new ProbeService(), $"dns:///router.test:{one.Port}", Options());
        Task started = bridge.StartAsync();
        await time.WhenTimerAsync(static wait => wait == TimeSpan.FromSeconds(0.05)).WaitAsync(Patience.Limit);
        addresses = static () => [First];
        time.Advance(TimeSpan.FromSeconds(0.05));
        ScriptedChannel channel = await one.AcceptAsync();
        await channel.RegisterAsync();
        await started.WaitAsync(Patience.Limit);
        foreach (Func<IPAddress[]> failure in new Func<IPAddress[]>[] { static () => throw new IOException("gone again"), static () => [] })
        {
            addresses = failure;
            await PassAsync(1);
            await PassAsync(29);
            await time.WhenTimerAsync(static wait => wait == TimeSpan.FromSeconds(0.05)).WaitAsync(Patience.Limit);
            addresses = static () => [First];
            time.Advance(TimeSpan.FromSeconds(0.05));
        }

        Assert.Empty(await channel.SettleAsync());
        Assert.True(bridge.IsRegistered);
        string[] problems = [.. log.Entries.Where(static entry => entry.Level == LogLevel.Warning).Select(static entry => entry.Text)];
        Assert.Equal(3, problems.Length);
        Assert.Contains("no name server", problems[0], StringComparison.Ordinal);
        Assert.Contains("no addresses", problems[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_router_has_the_name_asked_for_at_once_but_no_sooner_than_a_second_after_the_last_time()
    {
        await using ScriptedRouter one = await ScriptedRouter.StartAsync(at: new IPEndPoint(First, 0));
        await using ScriptedRouter two = await ScriptedRouter.StartAsync(at: new IPEndPoint(Second, one.Port));
        addresses = static () => [First];
        await using ProbeBridge bridge = new(new ProbeService(), $"dns:///router.test:{one.Port}", Options());
        Task started = bridge.StartAsync();
        ScriptedChannel channel = await one.AcceptAsync();
        await channel.RegisterAsync();
        await started.WaitAsync(Patience.Limit);
        addresses = static () => [Second];
        channel.Abort();
        await Waiting("ended. Dialing again");
        Assert.False(two.HasChannel);
        await PassAsync(1);
        await (await two.AcceptAsync()).RegisterAsync();
    }

    [Fact]
    public async Task With_tls_the_certificate_must_be_for_the_name()
    {
        using X509Certificate2 certificate = Certificate("router.test");
        await using ScriptedRouter router = await ScriptedRouter.StartAsync(at: new IPEndPoint(First, 0), certificate: certificate);
        addresses = static () => [First];
        List<(string? Host, SslPolicyErrors Errors)> seen = [];
        BridgeOptions options = Options();
        options.UseTls = true;
        options.ConfigureHandler = handler => handler.SslOptions.RemoteCertificateValidationCallback = (sender, _, _, errors) =>
        {
            seen.Add((((SslStream)sender).TargetHostName, errors));
            return true;
        };
        await using ProbeBridge bridge = new(new ProbeService(), $"dns:///router.test:{router.Port}", options);
        Task started = bridge.StartAsync();
        await (await router.AcceptAsync()).RegisterAsync();
        await started.WaitAsync(Patience.Limit);
        Assert.Equal([("router.test", SslPolicyErrors.RemoteCertificateChainErrors)], seen);
    }

    [Fact]
    public async Task The_applications_own_list_is_followed_and_what_it_gave_last_stands_when_it_fails()
    {
        ChannelDiscovery discovery = new();
        await using ScriptedRouter one = await ScriptedRouter.StartAsync();
        await using ScriptedRouter two = await ScriptedRouter.StartAsync();
        await using ScriptedRouter three = await ScriptedRouter.StartAsync();
        BridgeOptions options = Options();
        options.RouterDiscovery = discovery;
        await using ProbeBridge bridge = new(new ProbeService(), one.Address, options);
        Task started = bridge.StartAsync();
        await (await one.AcceptAsync()).RegisterAsync();
        await started.WaitAsync(Patience.Limit);
        discovery.Lists.Writer.TryWrite([new Uri(two.Address), new Uri(one.Address)]);
        ScriptedChannel second = await two.AcceptAsync();
        await second.RegisterAsync();
        Assert.False(one.HasChannel);
        discovery.Lists.Writer.TryWrite(null!);
        await time.WhenTimerAsync(static wait => wait == TimeSpan.FromSeconds(0.05)).WaitAsync(Patience.Limit);
        Assert.Empty(await second.SettleAsync());
        discovery.Lists.Writer.TryWrite([new Uri("ftp://router.test")]);
        time.Advance(TimeSpan.FromSeconds(0.05));
        await time.WhenTimerAsync(static wait => wait == TimeSpan.FromSeconds(0.1)).WaitAsync(Patience.Limit);
        Assert.Empty(await second.SettleAsync());
        discovery.Lists.Writer.TryWrite([new Uri(three.Address)]);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await (await three.AcceptAsync()).RegisterAsync();
        await second.Closed.WaitAsync(Patience.Limit);
        Assert.Equal(3, discovery.Watched);
        Assert.True(bridge.IsRegistered);
    }

    [Fact]
    public async Task A_host_takes_the_discovery_that_is_registered_with_it_and_needs_no_other_router()
    {
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        ChannelDiscovery discovery = new();
        discovery.Lists.Writer.TryWrite([new Uri(router.Address)]);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IRouterDiscovery>(discovery);
        builder.Services.AddGrpcRouterBridge().AddService<Probe.ProbeBase, ProbeService>(ProbeBridge.Binding);
        using IHost host = builder.Build();
        await host.StartAsync();
        ScriptedChannel channel = await router.AcceptAsync();
        await channel.RegisterAsync();
        await host.StopAsync();
        await channel.Closed.WaitAsync(Patience.Limit);
    }

    private static X509Certificate2 Certificate(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private BridgeOptions Options() => new()
    {
        UseTls = false,
        TimeProvider = time,
        Random = new HalfRandom(),
        KeepAliveInterval = TimeSpan.FromDays(1),
        LoggerFactory = log,
        Resolve = (name, _) =>
        {
            asked = name;
            return Task.FromResult(addresses());
        },
    };

    private async Task PassAsync(int seconds)
    {
        TimeSpan wait = TimeSpan.FromSeconds(seconds);
        await time.WhenTimerAsync(due => due == wait).WaitAsync(Patience.Limit);
        time.Advance(wait);
    }

    private async Task Waiting(string text) => Assert.True(
        await Task.Run(() => SpinWait.SpinUntil(() => log.Entries.Any(entry => entry.Text.Contains(text, StringComparison.Ordinal)), Patience.Limit)), text);

    /// <summary>A bridge whose routers are all found.</summary>
    private sealed class Alone(Probe.ProbeBase service, BridgeOptions options) : ServiceBridge(ProbeBridge.Binding.Bind(service), options);

    /// <summary>Gives the lists that the test writes; null breaks the watch.</summary>
    private sealed class ChannelDiscovery : IRouterDiscovery
    {
        public Channel<IReadOnlyList<Uri>> Lists { get; } = Channel.CreateUnbounded<IReadOnlyList<Uri>>();

        public int Watched { get; private set; }

        public async IAsyncEnumerable<IReadOnlyList<Uri>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Watched++;
            await foreach (IReadOnlyList<Uri>? list in Lists.Reader.ReadAllAsync(cancellationToken))
            {
                yield return list ?? throw new IOException("The registry is away.");
            }
        }
    }
}
