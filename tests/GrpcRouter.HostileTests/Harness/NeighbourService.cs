using Grpc.Core;

namespace GrpcRouter.HostileTests;

internal sealed class NeighbourService : Neighbour.NeighbourBase
{
    public override Task<Chunk> Ask(Chunk request, ServerCallContext context) => Task.FromResult(request);
}
