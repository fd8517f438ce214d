using GrpcRouter;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the bridge to a host.</summary>
public static class GrpcRouterBridgeServiceCollectionExtensions
{
    /// <summary>
    /// Adds a bridge that the host starts and stops. Calling it again adds to the same settings and services.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the routers and whatever else differs from the defaults.</param>
    /// <returns>A builder for the services to be served.</returns>
    public static IGrpcRouterBridgeBuilder AddGrpcRouterBridge(this IServiceCollection services, Action<BridgeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        OptionsBuilder<BridgeOptions> options = services.AddOptions<BridgeOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        options.PostConfigure<IServiceProvider>(static (settings, provider) => settings.RouterDiscovery ??= provider.GetService<IRouterDiscovery>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BridgeOptions>, BridgeOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BridgeHost>());
        return new GrpcRouterBridgeBuilder(services);
    }
}
