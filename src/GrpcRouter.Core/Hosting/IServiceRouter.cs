namespace GrpcRouter;

/// <summary>Lets the hub make a generated router.</summary>
/// <typeparam name="TSelf">The generated router.</typeparam>
public interface IServiceRouter<TSelf>
    where TSelf : ServiceRouter, IServiceRouter<TSelf>
{
    /// <summary>The service, as generated from its .proto.</summary>
    static abstract RoutedService Service { get; }

    /// <summary>Makes the router; for the hub only.</summary>
    static abstract TSelf Create(RouterHub hub);
}
