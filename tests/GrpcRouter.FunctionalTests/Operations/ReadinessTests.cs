using GrpcRouter.FunctionalTests.Awkward;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrpcRouter.FunctionalTests;

public sealed class ReadinessTests : FunctionalTest
{
    private readonly ManualTimeProvider time = new();

    [Fact]
    public async Task A_new_router_is_ready_once_each_service_has_an_instance()
    {
        Rig rig = await StartCheckedAsync();
        rig.Logs.Expect("HealthCheckEnd");
        Assert.Equal(HealthStatus.Unhealthy, await ReadyAsync(rig));

        await rig.ScriptAsync();

        Assert.Equal(HealthStatus.Healthy, await ReadyAsync(rig));
    }

    [Fact]
    public async Task A_new_router_without_instances_is_ready_when_the_grace_is_over()
    {
        Rig rig = await StartCheckedAsync();
        rig.Logs.Expect("HealthCheckEnd");

        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(HealthStatus.Unhealthy, await ReadyAsync(rig));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HealthStatus.Degraded, await ReadyAsync(rig));
    }

    [Fact]
    public async Task A_router_that_lost_its_instances_stays_ready_so_that_they_come_back()
    {
        Rig rig = await StartCheckedAsync();
        Scripted instance = await rig.ScriptAsync();
        instance.Abort();
        await Until.TrueAsync(() => !rig.Router.IsServing, "The instance did not leave.");

        Assert.Equal(HealthStatus.Degraded, await ReadyAsync(rig));
    }

    [Fact]
    public async Task All_mapped_services_count_unless_some_are_named()
    {
        Rig all = await StartCheckedAsync(static app => app.MapGrpcRouter<ClassRouter>());
        Rig one = await StartCheckedAsync(static app => app.MapGrpcRouter<ClassRouter>(), static options => options.ReadinessServices.Add("functional.Probe"));
        all.Logs.Expect("HealthCheckEnd");
        await all.ScriptAsync();
        await one.ScriptAsync();

        Assert.Equal(HealthStatus.Unhealthy, await ReadyAsync(all));
        Assert.Equal(HealthStatus.Healthy, await ReadyAsync(one));
    }

    [Fact]
    public async Task A_router_that_drains_is_alive_and_not_ready()
    {
        Rig rig = await StartCheckedAsync();
        rig.Logs.Expect("HealthCheckEnd");
        await rig.ScriptAsync();

        rig.Host.Hub.BeginDrain();

        HealthReport report = await rig.Host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal((HealthStatus.Unhealthy, "The router is draining."), (report.Entries["grpcrouter-ready"].Status, report.Entries["grpcrouter-ready"].Description));
        Assert.Equal(HealthStatus.Healthy, report.Entries["grpcrouter-live"].Status);
    }

    [Fact]
    public async Task What_a_failing_check_reports_can_be_chosen()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Builder = static builder => builder.Services.AddHealthChecks().AddGrpcRouter(HealthStatus.Degraded) });

        Assert.Equal(HealthStatus.Degraded, await ReadyAsync(rig));
    }

    private static async Task<HealthStatus> ReadyAsync(Rig rig) =>
        (await rig.Host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(
            static check => check.Tags.Contains(GrpcRouterHealthChecksBuilderExtensions.ReadyTag))).Status;

    private Task<Rig> StartCheckedAsync(Action<WebApplication>? application = null, Action<RouterOptions>? router = null) => StartAsync(new RigOptions
    {
        Instances = 0,
        Time = time,
        Builder = static builder => builder.Services.AddHealthChecks().AddGrpcRouter(),
        Application = application,
        Router = options =>
        {
            options.KeepAliveInterval = TimeSpan.FromDays(1);
            router?.Invoke(options);
        },
    });
}
