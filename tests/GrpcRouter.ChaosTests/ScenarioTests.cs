using System.Globalization;
using System.Security.Cryptography;

namespace GrpcRouter.ChaosTests;

/// <summary>Each scenario once, one after the other. GRPCROUTER_CHAOS_SEED replays a failure with its seed.</summary>
[Collection("processes")]
public sealed class ScenarioTests(ITestOutputHelper output)
{
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), $"grpcrouter-chaos-{Environment.ProcessId}");

    private static readonly int Seed = int.TryParse(
        Environment.GetEnvironmentVariable("GRPCROUTER_CHAOS_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out int seed)
        ? seed
        : RandomNumberGenerator.GetInt32(int.MaxValue);

    [Fact]
    public Task A_killed_instance_loses_its_own_calls_and_another_takes_its_place() => PassAsync<KillInstance>();

    [Fact]
    public Task An_instance_that_is_killed_and_restarted_under_its_name_serves_again() => PassAsync<RestartInstance>();

    [Fact]
    public Task An_instance_that_was_frozen_beyond_the_keepalive_answers_no_old_call_and_serves_again() => PassAsync<FreezeInstance>();

    [Fact]
    public Task A_slow_instance_fails_no_call() => PassAsync<SlowInstance>();

    [Fact]
    public Task A_link_that_goes_silent_is_noticed_on_both_sides_and_taken_up_again_when_it_is_healed() => PassAsync<CutLink>();

    [Fact]
    public Task A_rolling_update_of_instances_fails_no_call() => PassAsync<RollInstances>();

    [Fact]
    public Task A_thousand_reconnects_fail_no_call() => PassAsync<ThousandReconnects>();

    [Fact]
    public Task Instances_and_clients_come_back_to_a_router_that_was_killed() => PassAsync<KillRouter>();

    [Fact]
    public Task Clients_go_on_at_the_other_router_when_one_of_two_is_killed() => PassAsync<KillRouterOfTwo>();

    [Fact]
    public Task A_rolling_update_of_two_routers_fails_no_call() => PassAsync<RollRouters>();

    [Fact]
    public Task Several_troubles_at_once_leave_nothing_behind() => PassAsync<Storm>();

    private async Task PassAsync<T>()
        where T : Scenario, new()
    {
        ScenarioResult result = await new ScenarioRun(new T(), Seed, Folder, TimeProvider.System).RunAsync();
        output.WriteLine($"{result}");
        if (!Directory.EnumerateFileSystemEntries(Folder).Any())
        {
            Directory.Delete(Folder);
        }

        Assert.True(result.Passed, $"{result}\n{result.Explain()}");
        Assert.Contains(ScenarioCatalog.All, static scenario => scenario is T);
    }
}
