namespace GrpcRouter.FunctionalTests.Isolation;

/// <summary>Tests that measure the heap, and so run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HeapCollection
{
    public const string Name = "heap";
}
