namespace GrpcRouter.Bridge.Tests;

/// <summary>Always the middle, so that waits can be told beforehand.</summary>
internal sealed class HalfRandom() : Random(0)
{
    public override double NextDouble() => 0.5;
}
