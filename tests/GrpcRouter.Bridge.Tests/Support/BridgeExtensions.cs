namespace GrpcRouter.Bridge.Tests;

internal static class BridgeExtensions
{
    /// <summary>Waits until no handler runs any more.</summary>
    public static async Task WhenHandlersAreGoneAsync(this ServiceBridge bridge)
    {
        using CancellationTokenSource limit = new(Patience.Limit);
        while (bridge.LiveHandlers > 0)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
