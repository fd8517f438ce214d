namespace GrpcRouter.Chaos;

/// <summary>What a host is started with, as JSON in its only argument.</summary>
/// <param name="Name">Router or instance id.</param>
/// <param name="KeepAliveInterval">Silence before a ping; null for the product's default.</param>
/// <param name="KeepAliveTimeout">Time for the answer; null for the product's default.</param>
/// <param name="Port">Where a router listens.</param>
/// <param name="Routers">Whom an instance dials.</param>
/// <param name="Journal">Where an instance's journal goes.</param>
internal sealed record HostSettings(
    string Name,
    TimeSpan? KeepAliveInterval = null,
    TimeSpan? KeepAliveTimeout = null,
    int Port = 0,
    IReadOnlyList<string>? Routers = null,
    string? Journal = null);
