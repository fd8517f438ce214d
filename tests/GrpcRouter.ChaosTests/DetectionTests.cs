using System.Diagnostics;
using System.Text.Json;

namespace GrpcRouter.ChaosTests;

/// <summary>A run over real processes notices what must not happen.</summary>
[Collection("processes")]
public sealed class DetectionTests
{
    [Fact]
    public async Task A_call_that_is_lost_against_the_promise_fails_the_scenario()
    {
        ScenarioResult result = await RunAsync(new Saboteur(Promise.All, static (lab, victim) => lab.KillInstanceAsync(victim)));

        Assert.Contains(result.Findings, static finding => finding.Contains("must not end Unavailable: INSTANCE_LOST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_that_ends_by_itself_fails_the_scenario()
    {
        ScenarioResult result = await RunAsync(
            new Saboteur(Promise.None, static async (lab, victim) =>
            {
                Signals.Terminate(lab.Instance(victim).Id);
                await lab.Instance(victim).WhenEndedAsync();
            }));

        Assert.Contains(result.Findings, static finding => finding.Contains("by itself", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_warning_that_is_not_expected_fails_the_scenario()
    {
        ScenarioResult result = await RunAsync(
            new Saboteur(Promise.None, static async (lab, _) =>
            {
                await lab.Routers[0].KillAsync();
                await lab.StartRouterAsync(0);
                await lab.WhenReadyAsync();
            }));

        Assert.NotEmpty(result.Findings);
        Assert.All(result.Findings.SkipLast(1), static finding => Assert.Contains(" Lost: ", finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_ends_with_its_runner()
    {
        HostSettings settings = new("router-0");
        ProcessStartInfo start = new("dotnet", [Programs.PathOf("RouterHost"), JsonSerializer.Serialize(settings)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process host = Process.Start(start)!;
        Assert.Contains("Port", await host.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);

        // The system does the same to the pipe of a runner that is killed.
        host.StandardInput.Close();

        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        await host.WaitForExitAsync(patience.Token);
    }

    private static async Task<ScenarioResult> RunAsync(Scenario scenario)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("grpcrouter-chaos-");
        ScenarioResult result = await new ScenarioRun(scenario, seed: 1, folder.FullName, TimeProvider.System).RunAsync();
        folder.Delete(recursive: true);
        return result;
    }

    private sealed class Saboteur(Promise promise, Func<Lab, string, Task> harm) : Scenario
    {
        public override string Name => "sabotage";

        public override string Title => "what the run must notice";

        public override Promise Promise => promise;

        public override Task RunAsync(Lab lab, Random random) => harm(lab, random.Among(lab.Instances));
    }
}
