namespace GrpcRouter.Bench;

/// <summary>What one call's trouble does to others, in a line of the report.</summary>
/// <param name="What">Which trouble, and whose figure.</param>
/// <param name="Alone">The figure without the trouble.</param>
/// <param name="Beside">The figure beside it.</param>
/// <param name="Unit">Of both.</param>
internal sealed record IsolationFigure(string What, double? Alone, double Beside, string Unit);
