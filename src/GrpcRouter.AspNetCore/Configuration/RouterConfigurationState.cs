namespace GrpcRouter;

/// <summary>The configuration that a router runs by.</summary>
/// <param name="Version">1 at the start, and one more with each change that was taken.</param>
/// <param name="Hash">Of the options, without secrets and without the router's id: routers that are configured alike have the same. 32 hexadecimal digits.</param>
/// <param name="ChangedAt">When it was taken.</param>
/// <param name="NeedsRestart">Paths of options that are configured otherwise than they count, because they count from the router's start on.</param>
/// <param name="Refused">The change that was refused since; null when the last one was taken.</param>
public sealed record RouterConfigurationState(
    long Version, string Hash, DateTimeOffset ChangedAt, IReadOnlyList<string> NeedsRestart, RefusedConfiguration? Refused);
