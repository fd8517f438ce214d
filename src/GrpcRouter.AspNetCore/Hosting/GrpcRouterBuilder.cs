using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter;

internal sealed class GrpcRouterBuilder(IServiceCollection services) : IGrpcRouterBuilder
{
    public IServiceCollection Services => services;
}
