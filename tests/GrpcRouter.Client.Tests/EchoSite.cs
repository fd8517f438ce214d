using System.Collections.Concurrent;
using GrpcRouter.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;

namespace GrpcRouter.Client.Tests;

/// <summary>A router and an instance behind it that answers with the site's name.</summary>
internal sealed class EchoSite : IAsyncDisposable
{
    private readonly RouterTestHost host;
    private readonly EchoBridge bridge;
    private readonly ConcurrentDictionary<string, IConnectionLifetimeFeature> callers;

    private EchoSite(RouterTestHost host, EchoBridge bridge, ConcurrentDictionary<string, IConnectionLifetimeFeature> callers)
    {
        this.host = host;
        this.bridge = bridge;
        this.callers = callers;
    }

    public string Address => host.Address;

    public int Port => host.Port;

    public static async Task<EchoSite> StartAsync(string name, int port = 0)
    {
        ConcurrentDictionary<string, IConnectionLifetimeFeature> callers = [];
        RouterTestHost host = await RouterTestHost.StartAsync<EchoRouter>(new RouterTestHostOptions
        {
            Port = port,
            Application = app => app.Use((context, next) =>
            {
                if (!context.Request.Path.Value!.EndsWith("/Register", StringComparison.Ordinal))
                {
                    callers[context.Connection.Id] = context.Features.Get<IConnectionLifetimeFeature>()!;
                }

                return next(context);
            }),
        });
        EchoBridge bridge = new(new EchoService(name), host.Address);
        await bridge.StartAsync().Soon("The bridge did not register.");
        return new EchoSite(host, bridge, callers);
    }

    /// <summary>A loopback address that nobody listens at, and that a site may be started at.</summary>
    public static async Task<(string Address, int Port)> ReserveAsync()
    {
        await using RouterTestHost gone = await RouterTestHost.StartAsync<EchoRouter>();
        return (gone.Address, gone.Port);
    }

    /// <summary>Breaks the connections of clients, without a word.</summary>
    public void LoseClients()
    {
        foreach (IConnectionLifetimeFeature caller in callers.Values)
        {
            caller.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await bridge.DisposeAsync();
        await host.DisposeAsync();
    }
}
