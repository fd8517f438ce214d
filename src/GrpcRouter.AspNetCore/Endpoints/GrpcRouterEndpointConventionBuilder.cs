using GrpcRouter;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Takes conventions for a mapped service.</summary>
public sealed class GrpcRouterEndpointConventionBuilder : IEndpointConventionBuilder
{
    internal GrpcRouterEndpointConventionBuilder(IEndpointConventionBuilder[] calls, IEndpointConventionBuilder registration)
    {
        Calls = new EndpointConventions(calls);
        Registration = registration;
    }

    /// <summary>The endpoints that clients call.</summary>
    public IEndpointConventionBuilder Calls { get; }

    /// <summary>The endpoint that instances dial.</summary>
    public IEndpointConventionBuilder Registration { get; }

    /// <inheritdoc/>
    public void Add(Action<EndpointBuilder> convention)
    {
        Calls.Add(convention);
        Registration.Add(convention);
    }

    /// <inheritdoc/>
    public void Finally(Action<EndpointBuilder> finallyConvention)
    {
        Calls.Finally(finallyConvention);
        Registration.Finally(finallyConvention);
    }
}
