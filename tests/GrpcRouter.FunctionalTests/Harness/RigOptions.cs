using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GrpcRouter.FunctionalTests;

/// <summary>What a test changes about each hop.</summary>
internal sealed class RigOptions
{
    /// <summary>Instances behind the router at the start.</summary>
    public int Instances { get; init; } = 1;

    public Action<RouterOptions>? Router { get; init; }

    /// <summary>Sets the router's endpoint up.</summary>
    public Action<ListenOptions>? Listen { get; init; }

    public Action<BridgeOptions>? Bridge { get; init; }

    public GrpcChannelOptions? Client { get; init; }

    /// <summary>The router's clock; the system's when null.</summary>
    public TimeProvider? Time { get; init; }

    public Action<WebApplicationBuilder>? Builder { get; init; }

    public Action<GrpcRouterEndpointConventionBuilder>? Conventions { get; init; }

    public Action<WebApplication>? Application { get; init; }
}
