using Grpc.Core;

namespace GrpcRouter;

/// <summary>One object serves all calls.</summary>
internal sealed class SingletonSource<TService>(TService service) : ServiceSource<TService>
    where TService : class
{
    public override TService Get(ServerCallContext context) => service;
}
