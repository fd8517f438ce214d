namespace GrpcRouter.Chaos;

/// <summary>Runs scenarios one after the other and prints how each went.</summary>
internal sealed class Marathon(IReadOnlyList<Scenario> scenarios, int seed, TimeProvider time)
{
    private readonly string folder = Directory.CreateTempSubdirectory("grpcrouter-chaos-").FullName;
    private int passed;
    private int failed;

    /// <summary>Runs each scenario once with the seed, or random ones with seeds that follow from it for so many minutes.</summary>
    /// <returns>Whether all passed.</returns>
    public async Task<bool> RunAsync(double? minutes)
    {
        if (minutes is null)
        {
            foreach (Scenario scenario in scenarios)
            {
                await RunAsync(scenario, seed);
            }
        }
        else
        {
            Random random = new(seed);
            long start = time.GetTimestamp();
            while (time.GetElapsedTime(start).TotalMinutes < minutes)
            {
                await RunAsync(random.Among(scenarios), random.Next());
            }
        }

        if (failed == 0)
        {
            Directory.Delete(folder);
        }

        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0;
    }

    private async Task RunAsync(Scenario scenario, int scenarioSeed)
    {
        ScenarioResult result = await new ScenarioRun(scenario, scenarioSeed, folder, time).RunAsync();
        Console.WriteLine(result);
        if (result.Passed)
        {
            passed++;
            return;
        }

        failed++;
        Console.WriteLine(result.Explain());
    }
}
