namespace GrpcRouter.Bench;

/// <summary>One comparison: the same load through each of several targets, in turns.</summary>
internal abstract class Row(string name, string title)
{
    /// <summary>What <c>--rows</c> selects by.</summary>
    public string Name { get; } = name;

    /// <summary>As the tables have it.</summary>
    public string Title { get; } = title;

    /// <summary>What is counted: calls, messages, MiB.</summary>
    public string Unit { get; init; } = "calls";

    /// <summary>How many of them a call has.</summary>
    public double UnitsPerCall { get; init; } = 1;

    /// <summary>The targets, the direct server first.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [Target.Direct, Target.Router, Target.Bare, .. Peers.Names];

    /// <summary>Whether the time of a call is the figure, rather than how many there are.</summary>
    public bool Latency { get; init; }

    /// <summary>Warms the targets up and finds out how much is enough for one round.</summary>
    public abstract Task PrepareAsync(Lab lab, IReadOnlyList<Target> targets, double seconds);

    public abstract Task<Measurement> MeasureAsync(Lab lab, Target target);
}
