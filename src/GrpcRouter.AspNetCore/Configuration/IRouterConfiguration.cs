namespace GrpcRouter;

/// <summary>The configuration that the router runs by, and what became of the last change. A service of the application.</summary>
public interface IRouterConfiguration
{
    /// <summary>How things stand. Another object after each change; this one does not change.</summary>
    RouterConfigurationState State { get; }

    /// <summary>Reads the configuration now, rather than when its source says that it has changed, and takes it if it can work.</summary>
    /// <returns>How things stand after it.</returns>
    RouterConfigurationState Reload();
}
