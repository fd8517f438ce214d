namespace GrpcRouter;

/// <summary>What is wrong with one key of the configuration.</summary>
/// <param name="Path">The key.</param>
/// <param name="Rule">What is wrong, as the rest of the sentence that the path begins.</param>
internal readonly record struct KeyError(string Path, string Rule)
{
    public override string ToString() => Path + Rule;
}
