namespace GrpcRouter.Bench;

/// <summary>What one call's trouble does to others, in a line of the report.</summary>
/// <param name="Name">What goals find it by.</param>
/// <param name="What">Which trouble, and whose figure.</param>
/// <param name="Unit">Of all figures.</param>
/// <param name="Alone">The figure without the trouble.</param>
/// <param name="Beside">The figure beside it.</param>
/// <param name="Elsewhere">The figure with the same trouble at another router of the machine: what the cores alone do to it.</param>
internal sealed record IsolationFigure(string Name, string What, string Unit, double? Alone, double? Beside, double? Elsewhere = null);
