namespace GrpcRouter.Chaos;

/// <summary>What a scenario starts with.</summary>
/// <param name="Routers">Routers; every instance and every client knows all of them.</param>
/// <param name="Instances">Instances.</param>
/// <param name="Linked">Instances reach the routers over links that can be cut.</param>
/// <param name="KeepAliveInterval">Of routers and instances; null for the product's defaults.</param>
/// <param name="KeepAliveTimeout">Likewise.</param>
/// <param name="Lines">Calls under way at once.</param>
internal sealed record LabSetup(
    int Routers = 1, int Instances = 3, bool Linked = false, TimeSpan? KeepAliveInterval = null, TimeSpan? KeepAliveTimeout = null, int Lines = 24);
