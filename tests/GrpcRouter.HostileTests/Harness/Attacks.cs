namespace GrpcRouter.HostileTests;

/// <summary>One test at a time: they measure the heap, and counters are the process's.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Attacks
{
    public const string Name = "attacks";
}
