using GrpcRouter;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Takes conventions for a mapped service.</summary>
public sealed class GrpcRouterEndpointConventionBuilder : IEndpointConventionBuilder
{
    private readonly MethodConventions methods;

    internal GrpcRouterEndpointConventionBuilder(IEndpointConventionBuilder[] calls, IEndpointConventionBuilder registration, MethodConventions methods)
    {
        this.methods = methods;
        Calls = new EndpointConventions(calls);
        Registration = registration;
    }

    /// <summary>The endpoints that clients call.</summary>
    public IEndpointConventionBuilder Calls { get; }

    /// <summary>The endpoint that instances dial.</summary>
    public IEndpointConventionBuilder Registration { get; }

    /// <summary>The endpoints of one method, such as <c>.Method("SayHello").RequireAuthorization("staff")</c>: of its path, and of the same below the router's own name.</summary>
    /// <param name="name">Its simple name.</param>
    /// <exception cref="ArgumentException">The service has no such method.</exception>
    /// <exception cref="InvalidOperationException">Another method differs by case alone; ASP.NET Core's routing cannot tell the two apart.</exception>
    public IEndpointConventionBuilder Method(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return methods.Of(name);
    }

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
