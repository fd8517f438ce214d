using System.Globalization;
using System.Security.Cryptography;
using GrpcRouter.Chaos;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (RunnerOptions.TryParse(args) is not { } options)
{
    Console.Error.WriteLine(RunnerOptions.Usage);
    return 2;
}

if (options.Help)
{
    Console.WriteLine(RunnerOptions.Usage);
    return 0;
}

if (options.List)
{
    foreach (Scenario scenario in ScenarioCatalog.All)
    {
        Console.WriteLine($"{scenario.Name,-22}{scenario.Title}");
    }

    return 0;
}

int seed = options.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue);
return await new Marathon(options.Scenarios, seed, TimeProvider.System).RunAsync(options.Minutes) ? 0 : 1;
