using System.Globalization;

namespace GrpcRouter.Chaos;

internal sealed record RunnerOptions
{
    public const string Usage = """
        usage: build/chaos/run [--minutes M] [--scenario NAME,...] [--seed N] [--no-build] [--list] [--help]
        Runs every scenario once, prints a line for each, and ends with "N passed, N failed".
          --minutes   random scenarios, each with a seed of its own, until the time is over
          --scenario  only these
          --seed      of the choices and of the load; with --minutes, of the seeds. Default: another one each time
          --no-build  takes the programs as they are
          --list      names the scenarios
        """;

    public double? Minutes { get; init; }

    public IReadOnlyList<Scenario> Scenarios { get; init; } = ScenarioCatalog.All;

    public int? Seed { get; init; }

    public bool List { get; init; }

    public bool Help { get; init; }

    public static RunnerOptions? TryParse(string[] args)
    {
        RunnerOptions options = new();
        Queue<string> rest = new(args);
        while (rest.TryDequeue(out string? name))
        {
            RunnerOptions? next = Switch(options, name) ?? (rest.TryDequeue(out string? value) ? Setting(options, name, value) : null);
            if (next is null)
            {
                return null;
            }

            options = next;
        }

        return options;
    }

    private static RunnerOptions? Switch(RunnerOptions options, string name) => name switch
    {
        "--list" => options with { List = true },
        "--help" => options with { Help = true },
        "--no-build" => options,
        _ => null,
    };

    private static RunnerOptions? Setting(RunnerOptions options, string name, string value) => name switch
    {
        "--minutes" when double.TryParse(value, CultureInfo.InvariantCulture, out double minutes) && minutes > 0 => options with { Minutes = minutes },
        "--seed" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int seed) => options with { Seed = seed },
        "--scenario" when value.Split(',').Select(ScenarioCatalog.Find).ToArray() is var scenarios && Array.TrueForAll(scenarios, static scenario => scenario is not null)
            => options with { Scenarios = scenarios! },
        _ => null,
    };
}
