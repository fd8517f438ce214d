using GrpcRouter;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the router to an application.</summary>
public static class GrpcRouterServiceCollectionExtensions
{
    /// <summary>
    /// Adds what routers need, and sets Kestrel up for long streams: HTTP/2 on endpoints that name no protocol, no minimum data
    /// rates, many streams a connection, keep-alive pings. ASP.NET Core's log lines for each request are off unless a rule for
    /// <c>Microsoft.AspNetCore.Hosting.Diagnostics</c> turns them on. Map each service with <c>app.MapGrpcRouter&lt;T&gt;()</c>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets limits and times.</param>
    public static IGrpcRouterBuilder AddGrpcRouter(this IServiceCollection services, Action<RouterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<RouterOptions>();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton(static provider => new RouterHub(
            provider.GetRequiredService<IOptions<RouterOptions>>().Value,
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<RouterHub>>()));
        AddKestrelSetup(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<LoggerFilterOptions>, RouterLoggingSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, UnknownServiceFilter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RouterLifetime>());
        return new GrpcRouterBuilder(services);
    }

    // An endpoint takes the defaults that stand when it is added, so they must come before the application's own configuration.
    private static void AddKestrelSetup(IServiceCollection services)
    {
        if (!services.Any(static service => service.ImplementationType == typeof(RouterKestrelSetup)))
        {
            services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>, RouterKestrelSetup>());
        }
    }
}
