using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Told = GrpcRouter.V1.HealthStatus;

namespace GrpcRouter.Bridge.Tests;

public sealed class HealthCheckTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ManualTimeProvider time = new();
    private readonly LogCollector log = new();

    [Fact]
    public async Task What_the_checks_find_is_told_when_it_changes_and_an_instance_is_not_serving_before()
    {
        TaskCompletionSource<HealthCheckResult> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<HealthCheckResult> result = first.Task;
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        using IHost host = Build(router, checks => checks.AddAsyncCheck("database", () =>
        {
            asked.TrySetResult();
            return result;
        }));
        await host.StartAsync();
        ScriptedChannel channel = await router.AcceptAsync();
        channel.ShowsLoad = true;
        Hello hello = await channel.RegisterAsync();
        Assert.Equal((Told.NotServing, "The health checks have not run yet."), (hello.Load.Health, hello.Load.HealthReason));
        Assert.Empty(await channel.SettleAsync());

        await asked.Task.WaitAsync(Patience.Limit);
        result = Task.FromResult(HealthCheckResult.Unhealthy("is away"));
        first.SetResult(HealthCheckResult.Degraded("is slow"));
        Assert.Equal((Told.Serving, ""), await NextAsync(channel));
        await PassAsync();
        Assert.Equal((Told.NotServing, "database: is away"), await NextAsync(channel));
        await PassAsync();
        await time.WhenTimerAsync(static wait => wait == Interval).WaitAsync(Patience.Limit);
        Assert.Empty(await channel.SettleAsync());
        result = Task.FromResult(HealthCheckResult.Healthy());
        await PassAsync();
        Assert.Equal((Told.Serving, ""), await NextAsync(channel));
        await host.StopAsync();
    }

    [Fact]
    public async Task Checks_that_hang_or_cannot_be_run_make_the_service_not_serving_until_they_do()
    {
        Func<Task<HealthCheckResult>> check = static () => Task.FromResult(HealthCheckResult.Healthy());
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        bool counts = true;
        using IHost host = Build(
            router,
            checks => checks.AddAsyncCheck("disk", () => check()),
            options => options.HealthChecks = (_, _) => counts ? true : throw new InvalidOperationException("The filter is broken."));
        await host.StartAsync();
        ScriptedChannel channel = await router.AcceptAsync();
        Hello hello = await channel.RegisterAsync();
        await time.WhenTimerAsync(static wait => wait == Interval).WaitAsync(Patience.Limit);
        await channel.SettleAsync();
        channel.ShowsLoad = true;

        TaskCompletionSource<HealthCheckResult> hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        check = () =>
        {
            begun.SetResult();
            return hangs.Task;
        };
        await PassAsync();
        await begun.Task.WaitAsync(Patience.Limit);
        await time.WhenTimerAsync(static wait => wait == HealthWatch.Patience).WaitAsync(Patience.Limit);
        time.Advance(HealthWatch.Patience);
        Assert.Equal((Told.NotServing, "The health checks took longer than 30 s."), await NextAsync(channel));
        TaskCompletionSource again = new(TaskCreationOptions.RunContinuationsAsynchronously);
        check = () =>
        {
            again.TrySetResult();
            return Task.FromResult(HealthCheckResult.Healthy());
        };
        await PassAsync();
        await time.WhenTimerAsync(static wait => wait == Interval).WaitAsync(Patience.Limit);
        Assert.False(again.Task.IsCompleted);
        hangs.SetResult(HealthCheckResult.Unhealthy("too late"));
        while (!again.Task.IsCompleted)
        {
            await PassAsync();
        }

        Assert.Equal((Told.Serving, ""), await NextAsync(channel));
        counts = false;
        await PassAsync();
        Assert.Equal((Told.NotServing, "The health checks could not be run."), await NextAsync(channel));
        Assert.Contains(log.Entries, static entry => entry.Level == LogLevel.Error && entry.Text.Contains("The filter is broken.", StringComparison.Ordinal));
        await host.StopAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Without_an_interval_checks_are_not_run(int milliseconds)
    {
        int runs = 0;
        await using ScriptedRouter router = await ScriptedRouter.StartAsync();
        using IHost host = Build(
            router, checks => checks.AddCheck("count", () => HealthCheckResult.Unhealthy($"{++runs}")), options => options.HealthCheckInterval = TimeSpan.FromMilliseconds(milliseconds));
        await host.StartAsync();
        Hello hello = await (await router.AcceptAsync()).RegisterAsync();
        Assert.Equal(Told.Serving, hello.Load.Health);
        await host.StopAsync();
        Assert.Equal(0, runs);
    }

    [Fact]
    public async Task One_round_serves_all_services_and_a_check_counts_for_the_one_it_is_tagged_with_or_for_all()
    {
        int runs = 0;
        ServiceCollection services = new();
        services.AddLogging();
        services.AddHealthChecks()
            .AddCheck("all", () => Count(HealthCheckResult.Healthy()))
            .AddCheck("first only", () => Count(HealthCheckResult.Unhealthy("first")), tags: ["a.First", "other"])
            .AddCheck("nobody's", () => Count(HealthCheckResult.Unhealthy("nobody")), tags: ["live"]);
        await using ServiceProvider provider = services.BuildServiceProvider();
        string[] names = ["a.First", "a.Second"];
        HealthRound round = new(provider.GetRequiredService<HealthCheckService>(), names, HealthWatch.CountsByTag, CancellationToken.None);
        HealthReport report = await round.Done.WaitAsync(Patience.Limit);
        Assert.Equal((ServingStatus.NotServing, "first only: first"), round.Judge(report, 0));
        Assert.Equal((ServingStatus.Serving, ""), round.Judge(report, 1));
        Assert.Equal(2, runs);

        HealthRound own = new(
            provider.GetRequiredService<HealthCheckService>(), names, static (service, check) => service == "a.Second" && check.Name == "nobody's", CancellationToken.None);
        report = await own.Done.WaitAsync(Patience.Limit);
        Assert.Equal((ServingStatus.Serving, ""), own.Judge(report, 0));
        Assert.Equal((ServingStatus.NotServing, "nobody's: nobody"), own.Judge(report, 1));

        HealthCheckResult Count(HealthCheckResult result)
        {
            Interlocked.Increment(ref runs);
            return result;
        }
    }

    private static async Task<(Told, string)> NextAsync(ScriptedChannel channel)
    {
        LoadReport report = await channel.ReceiveLoadAsync();
        return (report.Health, report.HealthReason);
    }

    private IHost Build(ScriptedRouter router, Action<IHealthChecksBuilder> checks, Action<BridgeOptions>? configure = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        checks(builder.Services.AddHealthChecks());
        builder.Services.AddGrpcRouterBridge(options =>
        {
            options.Routers.Add(router.Address);
            options.TimeProvider = time;
            options.LoggerFactory = log;
            options.KeepAliveInterval = TimeSpan.FromDays(49);

            // So that every report there is comes from the checks.
            options.LoadReportInterval = TimeSpan.FromDays(49);
            configure?.Invoke(options);
        }).AddService<Probe.ProbeBase, ProbeService>(ProbeBridge.Binding);
        return builder.Build();
    }

    private async Task PassAsync()
    {
        await time.WhenTimerAsync(static wait => wait == Interval).WaitAsync(Patience.Limit);
        time.Advance(Interval);
    }
}
