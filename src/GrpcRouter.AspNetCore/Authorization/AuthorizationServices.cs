using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>What authorization of calls needs of the application's services.</summary>
internal static class AuthorizationServices
{
    public static void Add(IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(CallDoor)))
        {
            return;
        }

        services.AddSingleton<CallDoor>();
        services.AddSingleton(static provider => provider.GetRequiredService<RouterHub>().ApiKeyUsage);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RouterOptions>, AuthorizationPolicyValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, RefusalFilter>());

        // The one that counts is the last; one that is there already goes on doing what it did.
        ServiceDescriptor? own = services.LastOrDefault(static service => service.ServiceType == typeof(IAuthorizationMiddlewareResultHandler) && !service.IsKeyedService);
        services.AddSingleton<IAuthorizationMiddlewareResultHandler>(provider => new RefusalResultHandler(Make(own, provider)));
    }

    private static IAuthorizationMiddlewareResultHandler Make(ServiceDescriptor? own, IServiceProvider provider) =>
        (own?.ImplementationInstance
            ?? own?.ImplementationFactory?.Invoke(provider)
            ?? (own?.ImplementationType is { } type ? ActivatorUtilities.CreateInstance(provider, type) : null)) as IAuthorizationMiddlewareResultHandler
        ?? new AuthorizationMiddlewareResultHandler();
}
