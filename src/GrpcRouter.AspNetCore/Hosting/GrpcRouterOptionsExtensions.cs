using GrpcRouter;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Sets options in code, group by group as they stand in the configuration. What is set here goes before the configuration, also after that was reloaded, and of two calls that set the
/// same the later one counts.
/// </summary>
public static class GrpcRouterOptionsExtensions
{
    /// <summary>Sets options of the whole router.</summary>
    /// <param name="builder">The router.</param>
    /// <param name="configure">Sets them; called at the start and with each reload.</param>
    public static IGrpcRouterBuilder Configure(this IGrpcRouterBuilder builder, Action<RouterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.Configure(configure);
        return builder;
    }

    /// <summary>Sets how calls and instances of all services are treated, where nothing else is said for them (<c>GrpcRouter:Defaults</c>).</summary>
    /// <param name="builder">The router.</param>
    /// <param name="configure">Sets it.</param>
    public static IGrpcRouterBuilder ConfigureDefaults(this IGrpcRouterBuilder builder, Action<ServicePolicyOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.Configure(options => configure(options.Defaults));
    }

    /// <summary>Sets how calls and instances of a service are treated (<c>GrpcRouter:Services:greet.Greeter</c>).</summary>
    /// <param name="builder">The router.</param>
    /// <param name="service">The service's full name, such as <c>greet.Greeter</c>.</param>
    /// <param name="configure">Sets it.</param>
    public static IGrpcRouterBuilder ConfigureService(this IGrpcRouterBuilder builder, string service, Action<ServicePolicyOptions> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        ArgumentNullException.ThrowIfNull(configure);
        return builder.Configure(options => configure(options.Service(service)));
    }

    /// <summary>The same for the service of a generated router.</summary>
    /// <typeparam name="TRouter">The router generated from the service's .proto.</typeparam>
    /// <param name="builder">The router.</param>
    /// <param name="configure">Sets it.</param>
    public static IGrpcRouterBuilder ConfigureService<TRouter>(this IGrpcRouterBuilder builder, Action<ServicePolicyOptions> configure)
        where TRouter : ServiceRouter, IServiceRouter<TRouter> =>
        builder.ConfigureService(TRouter.Service.FullName, configure);

    /// <summary>Sets how calls of a method are treated (<c>GrpcRouter:Services:greet.Greeter:Methods:SayHello</c>).</summary>
    /// <param name="builder">The router.</param>
    /// <param name="service">The service's full name.</param>
    /// <param name="method">The method's simple name, such as <c>SayHello</c>.</param>
    /// <param name="configure">Sets it.</param>
    public static IGrpcRouterBuilder ConfigureMethod(this IGrpcRouterBuilder builder, string service, string method, Action<CallPolicyOptions> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentNullException.ThrowIfNull(configure);
        return builder.ConfigureService(service, options => configure(options.Method(method)));
    }

    /// <summary>The same for a method of a generated router.</summary>
    /// <typeparam name="TRouter">The router generated from the service's .proto.</typeparam>
    /// <param name="builder">The router.</param>
    /// <param name="method">The method's simple name.</param>
    /// <param name="configure">Sets it.</param>
    /// <exception cref="ArgumentException">The service has no such method.</exception>
    public static IGrpcRouterBuilder ConfigureMethod<TRouter>(this IGrpcRouterBuilder builder, string method, Action<CallPolicyOptions> configure)
        where TRouter : ServiceRouter, IServiceRouter<TRouter>
    {
        if (TRouter.Service.Methods.All(known => known.Name != method))
        {
            string? near = NearestName.Of(method, TRouter.Service.Methods.Select(static known => known.Name));
            throw new ArgumentException($"{TRouter.Service.FullName} has no method '{method}'{(near is null ? "." : $"; did you mean {near}?")}", nameof(method));
        }

        return builder.ConfigureMethod(TRouter.Service.FullName, method, configure);
    }
}
