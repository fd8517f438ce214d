using GrpcRouter;
using Microsoft.AspNetCore.Authentication;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds API keys to what ASP.NET Core knows.</summary>
public static class GrpcRouterApiKeyExtensions
{
    /// <summary>
    /// Adds the authentication scheme <see cref="ApiKeyDefaults.AuthenticationScheme"/>, for policies and endpoints of the application that ask for it. The keys are those of
    /// <see cref="RouterOptions.ApiKeys"/>; calls are known by them without this too.
    /// </summary>
    /// <param name="builder">The router.</param>
    /// <param name="configure">Adds keys, by name, to those that are configured.</param>
    public static IGrpcRouterBuilder AddApiKeys(this IGrpcRouterBuilder builder, Action<IDictionary<string, ApiKeyOptions>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyDefaults.AuthenticationScheme, configureOptions: null);
        if (configure is not null)
        {
            builder.Services.Configure<RouterOptions>(options => configure(options.ApiKeys));
        }

        return builder;
    }
}
