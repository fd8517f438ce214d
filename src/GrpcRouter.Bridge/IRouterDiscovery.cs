namespace GrpcRouter;

/// <summary>
/// Tells a bridge which routers there are, from wherever an application knows it. Set it as <see cref="BridgeOptions.RouterDiscovery"/>, or register it with the host.
/// </summary>
public interface IRouterDiscovery
{
    /// <summary>
    /// Gives the routers there are now, and all of them again whenever that changes. Routers that are new are dialed; those that are missing are drained, and left with
    /// their last call. An empty list means that there is none. When it ends or throws, what it gave last stands, and it is watched anew after a while.
    /// </summary>
    /// <param name="cancellationToken">The bridge stops.</param>
    /// <returns>Lists of addresses such as <c>https://10.0.0.7:443</c>, one for each router: two addresses of the same router would have its registrations replace each other.</returns>
    IAsyncEnumerable<IReadOnlyList<Uri>> WatchAsync(CancellationToken cancellationToken);
}
