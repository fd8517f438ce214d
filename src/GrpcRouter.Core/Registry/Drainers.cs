namespace GrpcRouter;

/// <summary>Who leaves when a channel drains: the values of the trailer <c>grpcrouter-drain</c>.</summary>
internal static class Drainers
{
    /// <summary>The instance is stopping.</summary>
    public const string Instance = "instance";

    /// <summary>The router is stopping.</summary>
    public const string Router = "router";

    /// <summary>Neither: the instance has another channel by now, or is about to.</summary>
    public const string Channel = "channel";
}
