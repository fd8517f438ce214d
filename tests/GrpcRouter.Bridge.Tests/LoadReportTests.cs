using Grpc.Core;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.Bridge.Tests;

public sealed class LoadReportTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ManualTimeProvider time = new();
    private double utilization = 0.25;

    [Fact]
    public async Task The_registration_brings_the_load_along()
    {
        await using Session session = await StartAsync();
        Assert.Equal(new LoadReport { Utilization = 0.25, Health = HealthStatus.Serving }, session.Hello.Load);
    }

    [Fact]
    public async Task A_report_has_the_rates_of_calls_and_of_errors_since_the_one_before()
    {
        await using Session session = await StartAsync();
        session.Service.OnEcho = static (request, _) => request.Value switch
        {
            "good" => Task.FromResult(request),
            "absent" => throw new RpcException(new Status(StatusCode.NotFound, "")),
            _ => throw new InvalidOperationException("broken"),
        };
        string[] calls = ["good", "good", "absent", "bad", "good"];
        for (int i = 0; i < calls.Length; i++)
        {
            await session.CallEchoAsync((ulong)i + 1, calls[i]);
            await session.Channel.ReceiveEndAsync((ulong)i + 1);
        }

        await session.Channel.SendAsync(FrameExtensions.Start(9, method: 29_999));
        await session.Channel.ReceiveEndAsync(9);
        LoadReport report = await NextAsync(session);
        Assert.Equal((0.6, 0.2), (report.CallsPerSecond, report.ErrorsPerSecond));
        report = await NextAsync(session);
        Assert.Equal((0.0, 0.0), (report.CallsPerSecond, report.ErrorsPerSecond));
    }

    [Fact]
    public async Task A_report_that_says_nothing_new_is_left_out_but_for_one_a_minute()
    {
        await using Session session = await StartAsync();
        List<int> reported = [];
        for (int second = 10; second <= 130; second += 10)
        {
            // Less than is noticed.
            utilization += second % 20 == 0 ? 0.004 : -0.004;
            time.Advance(Interval);
            if (await session.Channel.SettleAsync() is [{ Control.LoadReport: not null }])
            {
                reported.Add(second);
            }
        }

        Assert.Equal([60, 120], reported);
        utilization += 0.02;
        Assert.Equal(utilization, (await NextAsync(session)).Utilization);
    }

    [Fact]
    public async Task Signals_travel_by_name_and_one_that_fails_is_left_out_and_logged_once()
    {
        LogCollector log = new();
        double queue = 7;
        bool fails = true;
        BridgeOptions options = Options();
        options.LoggerFactory = log;
        options.LoadSignals["queue"] = () => queue;
        options.LoadSignals["disk"] = () => fails ? throw new IOException("no disk") : 3;
        options.LoadSignals["nothing"] = static () => double.NaN;
        await using Session session = await StartAsync(options);
        Assert.Equal(7, Assert.Single(session.Hello.Load.Named).Value);
        queue = 8;
        Assert.Equal(8, Assert.Single((await NextAsync(session)).Named).Value);
        fails = false;
        Assert.Equal(["disk", "queue"], (await NextAsync(session)).Named.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(2, log.Entries.Count(static entry => entry.Level == LogLevel.Warning));
        Assert.Single(log.Entries, static entry => entry.Text.Contains("no disk", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_of_health_is_told_at_once_on_every_channel_and_to_those_that_come_later()
    {
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        BridgeOptions options = Options();
        options.Stripes = 2;
        await using ProbeBridge bridge = new(new ProbeService(), router.Address, options);
        Task started = bridge.StartAsync();
        ScriptedChannel first = await router.AcceptAsync();
        first.ShowsLoad = true;
        await first.RegisterAsync();
        await first.SettleAsync();
        await started.WaitAsync(Patience.Limit);
        ScriptedChannel second = await router.AcceptAsync();
        second.ShowsLoad = true;
        ProbeInstanceFrame hello = await second.ReceiveAsync();
        Assert.Equal(HealthStatus.Serving, hello.Control.Hello.Load.Health);

        bridge.SetHealth(ServingStatus.NotServing, "no database");
        bridge.SetHealth(ServingStatus.NotServing, "no database");
        LoadReport expected = new() { Utilization = 0.25, Health = HealthStatus.NotServing, HealthReason = "no database" };
        Assert.Equal(expected, await first.ReceiveLoadAsync());
        await second.SendAsync(new ProbeRouterFrame
        {
            Control = new RouterControl { Registered = new Registered { Version = 1, InitialWindow = 65_536, MaxFrameSize = 131_072 } },
        });
        Assert.Equal(expected, Assert.Single(await second.SettleAsync()).Control.LoadReport);
        Assert.Empty(await first.SettleAsync());
        bridge.SetHealth(ServingStatus.Serving);
        Assert.Equal(HealthStatus.Serving, (await second.ReceiveLoadAsync()).Health);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Without_an_interval_only_health_is_told(int milliseconds)
    {
        BridgeOptions options = Options();
        options.LoadReportInterval = TimeSpan.FromMilliseconds(milliseconds);
        await using Session session = await StartAsync(options);
        Assert.Null(session.Hello.Load);
        utilization = 0.9;
        time.Advance(TimeSpan.FromMinutes(5));
        await session.CallEchoAsync(1, "");
        await session.Channel.ReceiveEndAsync(1);
        Assert.Empty(await session.Channel.SettleAsync());
        session.Bridge.SetHealth(ServingStatus.NotServing);
        Assert.Equal(HealthStatus.NotServing, (await session.Channel.ReceiveLoadAsync()).Health);
    }

    [Fact]
    public async Task Without_a_signal_of_its_own_the_process_is_measured()
    {
        BridgeOptions options = Options();
        options.Utilization = null;
        options.TimeProvider = TimeProvider.System;
        options.LoadReportInterval = TimeSpan.FromMilliseconds(20);
        await using Session session = await StartAsync(options);
        LoadReport report = await session.Channel.ReceiveLoadAsync();
        Assert.InRange(report.Utilization, double.Epsilon, 1.5);
    }

    private async Task<Session> StartAsync(BridgeOptions? options = null) => await Session.StartAsync(options: options ?? Options(), showsLoad: true);

    private BridgeOptions Options() => new()
    {
        TimeProvider = time,
        LoadReportInterval = Interval,
        KeepAliveInterval = TimeSpan.FromDays(1),
        Utilization = () => utilization,
    };

    private async Task<LoadReport> NextAsync(Session session)
    {
        time.Advance(Interval);
        return await session.Channel.ReceiveLoadAsync();
    }
}
