using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

internal static class TlsServices
{
    /// <summary>Adds what TLS of the router needs.</summary>
    public static void AddRouterTls(this IServiceCollection services)
    {
        services.TryAddSingleton<RouterCertificates>();
        services.TryAddSingleton<RouterTls>();
        services.TryAddSingleton<HandshakeFailures>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RouterCertificates>(static provider => provider.GetRequiredService<RouterCertificates>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, TlsStartup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, HandshakeLog>());

        // For this listener alone; what others write stays as it is.
        services.PostConfigure<LoggerFilterOptions>(static options =>
        {
            string provider = typeof(HandshakeLog).FullName!;
            options.Rules.Add(new LoggerFilterRule(provider, categoryName: null, LogLevel.None, filter: null));
            options.Rules.Add(new LoggerFilterRule(provider, HandshakeLog.Category, LogLevel.Debug, filter: null));
        });
    }
}
