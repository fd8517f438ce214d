using System.Diagnostics.CodeAnalysis;
using GrpcRouter;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds load balancing policies of the application's own.</summary>
public static class GrpcRouterLoadBalancerExtensions
{
    /// <summary>
    /// Adds a policy by its type. An object is made for each method that names the policy and each list of instances that its calls are picked from; its constructor may take the
    /// <see cref="LoadBalancerContext"/> and services of the application.
    /// </summary>
    /// <typeparam name="TBalancer">The policy.</typeparam>
    /// <param name="builder">The router.</param>
    /// <param name="name">What <see cref="LoadBalancingOptions.Policy"/> calls it. It goes before a built-in policy of the same name.</param>
    public static IGrpcRouterBuilder AddLoadBalancer<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TBalancer>(
        this IGrpcRouterBuilder builder, string name)
        where TBalancer : class, ILoadBalancer
    {
        bool takesContext = typeof(TBalancer).GetConstructors()
            .Any(static constructor => constructor.GetParameters().Any(static parameter => parameter.ParameterType == typeof(LoadBalancerContext)));
        return builder.AddLoadBalancer(name, takesContext
            ? static (services, context) => ActivatorUtilities.CreateInstance<TBalancer>(services, context)
            : static (services, _) => ActivatorUtilities.CreateInstance<TBalancer>(services));
    }

    /// <summary>Adds a policy by a function that makes its objects, one for each method that names it and each list of instances.</summary>
    /// <param name="builder">The router.</param>
    /// <param name="name">What <see cref="LoadBalancingOptions.Policy"/> calls it. It goes before a built-in policy of the same name.</param>
    /// <param name="make">Makes an object; called during the first call that needs it, from any thread.</param>
    public static IGrpcRouterBuilder AddLoadBalancer(this IGrpcRouterBuilder builder, string name, Func<IServiceProvider, LoadBalancerContext, ILoadBalancer> make)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(make);
        builder.Services.AddSingleton<IConfigureOptions<RouterOptions>>(services => new ConfigureNamedOptions<RouterOptions>(
            Options.Options.DefaultName, options => options.LoadBalancers[name] = context => make(services, context)));
        return builder;
    }
}
