using System.Globalization;

namespace GrpcRouter.Bench;

internal sealed record RunnerOptions
{
    public const string Usage = """
        usage: build/bench/run [--quick] [--rows NAME,...] [--through NAME,...] [--rounds N] [--seconds S] [--hold] [--list]
                               [--port N] [--load-prefix COMMAND] [--no-build]
        Without --quick, --rows and --through, it writes its figures into docs/performance.md.
          --quick        about two minutes: shorter turns, nghttpx as the only peer, fleet and isolation only when named
          --rows         only rows whose names begin so, such as unary or stream-11B
          --through      only these ways to the service: direct, router, bare, nghttpx, haproxy, nginx, yarp
          --rounds       turns of each row, of which the medians count; default 3
          --seconds      length of one turn; default 2, or 0.5 when quick
          --hold         leaves the servers of the chosen rows running until you press Enter, for a profiler
          --list         names the rows
          --port         first of the ports to use; default 6100
          --load-prefix  goes before the command line of each load, such as "taskset -c 1"
          --no-build     takes the programs as they are
        """;

    public bool Quick { get; init; }

    public IReadOnlyList<string> Rows { get; init; } = [];

    public IReadOnlyList<string> Through { get; init; } = [];

    public int Rounds { get; init; } = 3;

    public double? Seconds { get; init; }

    public bool Hold { get; init; }

    public bool List { get; init; }

    public int Port { get; init; } = 6100;

    public IReadOnlyList<string> LoadPrefix { get; init; } = [];

    /// <summary>Whether it is a run that the documentation shows.</summary>
    public bool Whole => !Quick && Rows.Count == 0 && Through.Count == 0;

    public double SecondsOfTurn => Seconds ?? (Quick ? 0.5 : 2);

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

    public bool WantsRow(string row) => Rows.Count == 0 || Rows.Any(name => row.StartsWith(name, StringComparison.Ordinal));

    public bool WantsTarget(string target) =>
        Through.Count > 0 ? Through.Any(name => target.StartsWith(name, StringComparison.Ordinal)) : !Quick || target is not ("haproxy" or "nginx" or "yarp");

    private static RunnerOptions? Switch(RunnerOptions options, string name) => name switch
    {
        "--quick" => options with { Quick = true },
        "--hold" => options with { Hold = true },
        "--list" => options with { List = true },
        "--no-build" => options,
        _ => null,
    };

    private static RunnerOptions? Setting(RunnerOptions options, string name, string value) => name switch
    {
        "--rows" => options with { Rows = value.Split(',') },
        "--through" => options with { Through = value.Split(',') },
        "--rounds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) && rounds > 0 => options with { Rounds = rounds },
        "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out double seconds) && seconds > 0 => options with { Seconds = seconds },
        "--port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port > 0 => options with { Port = port },
        "--load-prefix" => options with { LoadPrefix = value.Split(' ', StringSplitOptions.RemoveEmptyEntries) },
        _ => null,
    };
}
