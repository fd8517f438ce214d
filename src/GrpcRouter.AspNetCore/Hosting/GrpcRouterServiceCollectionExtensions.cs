using GrpcRouter;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
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
    /// <para>
    /// <see cref="RouterOptions"/> are taken from the section <c>GrpcRouter</c> of the application's configuration, as
    /// <c>GrpcRouter:Services:greet.Greeter:Retry:MaxAttempts</c>; code goes before the configuration, wherever it stands. All that cannot work is said at the start.
    /// </para>
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets options after those of the configuration.</param>
    public static IGrpcRouterBuilder AddGrpcRouter(this IServiceCollection services, Action<RouterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        AddRouter(services);
        if (configure is not null)
        {
            services.Configure(configure);
        }

        return new GrpcRouterBuilder(services);
    }

    /// <summary>As <see cref="AddGrpcRouter(IServiceCollection, Action{RouterOptions}?)"/>, with the options of another section than <c>GrpcRouter</c>.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">The section, such as <c>builder.Configuration.GetSection("Edge:Router")</c>.</param>
    /// <param name="configure">Sets options after those of the configuration.</param>
    public static IGrpcRouterBuilder AddGrpcRouter(this IServiceCollection services, IConfiguration section, Action<RouterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.Replace(ServiceDescriptor.Singleton(new RouterSection(section)));
        return services.AddGrpcRouter(configure);
    }

    private static void AddRouter(IServiceCollection services)
    {
        services.AddOptions<RouterOptions>().ValidateOnStart();
        services.TryAddSingleton(static provider => new RouterSection(
            (provider.GetService<IConfiguration>() ?? new ConfigurationBuilder().Build()).GetSection(RouterSection.DefaultName)));
        AddFirst<IConfigureOptions<RouterOptions>, RouterConfigurationSetup>(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RouterOptions>, RouterOptionsValidator>());
        services.TryAddSingleton(static provider => new RouterHub(
            provider.GetRequiredService<IOptions<RouterOptions>>().Value,
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<RouterHub>>(),
            provider.GetService<IAuditLog>(),
            provider.GetService<IRegistrationAuthorizer>()));

        services.TryAddSingleton<IAuditLog>(static provider => OpenAudit(provider)!);
        services.TryAddSingleton<RouterReloads>();
        services.TryAddSingleton<IRouterConfiguration>(static provider => provider.GetRequiredService<RouterReloads>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RouterReloads>(static provider => provider.GetRequiredService<RouterReloads>()));

        // An endpoint takes the defaults that stand when it is added.
        AddFirst<IConfigureOptions<KestrelServerOptions>, RouterKestrelSetup>(services);
        AddFirst<IConfigureOptions<HostOptions>, RouterHostSetup>(services);
        services.TryAddSingleton<ConnectionAges>();
        AuthorizationServices.Add(services);
        services.TryAddSingleton<ConnectionBudgets>();
        services.TryAddSingleton<Http2Watch>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, Http2Watch>(static provider => provider.GetRequiredService<Http2Watch>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<LoggerFilterOptions>, Http2WatchSetup>());
        services.AddPeerGuard();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<LoggerFilterOptions>, RouterLoggingSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, UnknownServiceFilter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RouterLifetime>());
        services.AddRouterTls();
    }

    // Null, where none is configured: then nobody writes one.
    private static AuditLog? OpenAudit(IServiceProvider provider)
    {
        AuditOptions options = provider.GetRequiredService<IOptions<RouterOptions>>().Value.Audit;
        return options.Path is null ? null : AuditLog.Open(options, provider.GetService<TimeProvider>(), provider.GetService<ILogger<RouterHub>>());
    }

    // Before the application's own, so that what it sets wins.
    private static void AddFirst<TService, TImplementation>(IServiceCollection services)
        where TService : class
        where TImplementation : class, TService
    {
        if (!services.Any(static service => service.ImplementationType == typeof(TImplementation)))
        {
            services.Insert(0, ServiceDescriptor.Singleton<TService, TImplementation>());
        }
    }
}
