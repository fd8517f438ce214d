using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter;

/// <summary>Goes on configuring the router after <c>AddGrpcRouter</c>.</summary>
public interface IGrpcRouterBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}
