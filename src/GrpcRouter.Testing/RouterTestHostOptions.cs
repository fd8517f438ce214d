using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GrpcRouter.Testing;

/// <summary>What a test changes about its router. Everything has a default.</summary>
public sealed class RouterTestHostOptions
{
    /// <summary>The loopback port; 0, the default, for a free one. A router that comes back takes the port of the one before.</summary>
    public int Port { get; init; }

    /// <summary>Sets the endpoint up, such as <c>listen => listen.UseRouterTls()</c>.</summary>
    public Action<ListenOptions>? Listen { get; init; }

    /// <summary>Sets limits and times.</summary>
    public Action<RouterOptions>? Router { get; init; }

    /// <summary>Adds services, such as a <see cref="TimeProvider"/> that the test drives.</summary>
    public Action<WebApplicationBuilder>? Builder { get; init; }

    /// <summary>Sets conventions such as <c>RequireAuthorization</c> for the service's endpoints.</summary>
    public Action<GrpcRouterEndpointConventionBuilder>? Conventions { get; init; }

    /// <summary>Maps more services, middleware or endpoints.</summary>
    public Action<WebApplication>? Application { get; init; }

    /// <summary>Whether the router may log errors. False by default: an error in the log fails the disposal of the host.</summary>
    public bool AllowErrors { get; init; }

    /// <summary>How long the disposal waits for calls and channels to end before it fails. Default 10 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);
}
