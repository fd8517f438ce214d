using Microsoft.AspNetCore.Builder;

namespace GrpcRouter;

/// <summary>Several endpoints that take the same conventions.</summary>
internal sealed class EndpointConventions(IEndpointConventionBuilder[] builders) : IEndpointConventionBuilder
{
    public void Add(Action<EndpointBuilder> convention) => Array.ForEach(builders, builder => builder.Add(convention));

    public void Finally(Action<EndpointBuilder> finallyConvention) => Array.ForEach(builders, builder => builder.Finally(finallyConvention));
}
