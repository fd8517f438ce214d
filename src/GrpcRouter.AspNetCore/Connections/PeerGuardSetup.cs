using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter;

/// <summary>Adds what looks at connections.</summary>
internal static class PeerGuardSetup
{
    public static void AddPeerGuard(this IServiceCollection services)
    {
        if (services.Any(static service => service.ImplementationType == typeof(GuardedTransport)))
        {
            return;
        }

        // Of the transports that can bind an endpoint Kestrel takes the last.
        services.AddSingleton<IConnectionListenerFactory, GuardedTransport>();
    }
}
