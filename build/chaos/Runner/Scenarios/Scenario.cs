namespace GrpcRouter.Chaos;

/// <summary>Something that goes wrong under load, and what must hold all the same.</summary>
internal abstract class Scenario
{
    public abstract string Name { get; }

    /// <summary>In one line.</summary>
    public abstract string Title { get; }

    public virtual LabSetup Setup { get; } = new();

    /// <summary>Which calls must succeed.</summary>
    public abstract Promise Promise { get; }

    /// <summary>Warnings that the hosts may log, by the names of their events.</summary>
    public virtual IReadOnlyList<string> ExpectedLog { get; } = [];

    /// <summary>Does what goes wrong, under load, and waits until what should come of it has.</summary>
    /// <param name="lab">With everything started and the load under way.</param>
    /// <param name="random">For every choice, so that a seed replays it.</param>
    public abstract Task RunAsync(Lab lab, Random random);
}
