namespace GrpcRouter;

/// <summary>Where a bridge learns of routers.</summary>
internal interface IRouterSource
{
    /// <summary>Names the source in the log.</summary>
    string Name { get; }

    /// <summary>Gives the routers, and gives them again when they change or might have. May throw or end; it is then asked anew.</summary>
    IAsyncEnumerable<IReadOnlyList<RouterTarget>> WatchAsync(CancellationToken cancellationToken);

    /// <summary>A router was lost or left, so others may have taken its place.</summary>
    void Hint();
}
