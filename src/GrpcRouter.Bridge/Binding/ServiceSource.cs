using Grpc.Core;

namespace GrpcRouter;

/// <summary>Where a call gets its implementation from.</summary>
internal abstract class ServiceSource<TService>
    where TService : class
{
    public abstract TService Get(ServerCallContext context);
}
