using System.Globalization;

namespace GrpcRouter.Chaos;

/// <summary>How a scenario went.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Seed">What replays it.</param>
/// <param name="Calls">Calls by kind and outcome, in words.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Findings">What is wrong; empty when it passed.</param>
internal sealed record ScenarioResult(string Scenario, int Seed, string Calls, TimeSpan Took, IReadOnlyList<string> Findings)
{
    private const int Shown = 12;

    public bool Passed => Findings.Count == 0;

    /// <summary>What is wrong, and how to see it again.</summary>
    public string Explain() => string.Join('\n',
        [
            ..Findings.Take(Shown),
            .. Findings.Count > Shown ? [$"and {Findings.Count - Shown} more"] : Array.Empty<string>(),
            $"again: build/chaos/run --scenario {Scenario} --seed {Seed}",
        ]);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Scenario,-20} seed {Seed,-10} {Calls}  {Took.TotalSeconds:0.0} s  {(Passed ? "passed" : "FAILED")}");
}
