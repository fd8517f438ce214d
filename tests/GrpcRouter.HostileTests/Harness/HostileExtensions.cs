namespace GrpcRouter.HostileTests;

/// <summary>What hostile instances do again and again.</summary>
internal static class HostileExtensions
{
    /// <summary>Sends what the router may refuse while it is still being written.</summary>
    public static async Task TrySendRawAsync(this HostileInstance instance, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await instance.SendRawAsync(bytes);
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }
}
