namespace GrpcRouter;

/// <summary>Metadata by which callers choose instances.</summary>
/// <param name="Key">The metadata key.</param>
/// <param name="Label">The label that must have its value.</param>
internal sealed record LabelHeader(string Key, string Label);
