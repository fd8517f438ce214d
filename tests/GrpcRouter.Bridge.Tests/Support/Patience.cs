namespace GrpcRouter.Bridge.Tests;

/// <summary>How long a test waits for what must happen. Only a failing test ever waits that long.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
}
