namespace GrpcRouter;

/// <summary>Finds what cannot work in the policies of services and methods: all of it at once, each with its path in the configuration.</summary>
internal static class PolicyValidator
{
    /// <summary>Checks the defaults and the policies of all services.</summary>
    /// <param name="root">Where the options stand.</param>
    /// <param name="options">The options.</param>
    /// <param name="balancers">The names that <see cref="LoadBalancingOptions.Policy"/> may have.</param>
    public static void Check(in OptionScope root, RouterOptions options, IReadOnlySet<string> balancers)
    {
        if (!root.IsThere(nameof(RouterOptions.Defaults), options.Defaults))
        {
            return;
        }

        bool tenants = options.Tenants is { Source: not TenantSource.None };
        OptionScope defaults = root.Of(nameof(RouterOptions.Defaults));
        defaults.Require(
            options.Defaults.Methods.Count == 0, nameof(ServicePolicyOptions.Methods), "must be empty: a method is named below its service",
            string.Join(", ", options.Defaults.Methods.Keys));
        Check(defaults, options.Defaults, wider: null, balancers, tenants);
        OptionScope services = root.Of(nameof(RouterOptions.Services));
        foreach ((string name, ServicePolicyOptions service) in options.Services)
        {
            if (services.IsThere(name, service))
            {
                Check(services.Of(name), service, options.Defaults, balancers, tenants);
            }
        }
    }

    /// <summary>Checks the policies of one service and of its methods.</summary>
    /// <param name="scope">Where they stand.</param>
    /// <param name="service">The policies.</param>
    /// <param name="wider">Where what is not set is taken from; null for the defaults themselves.</param>
    /// <param name="balancers">The names that <see cref="LoadBalancingOptions.Policy"/> may have.</param>
    /// <param name="tenants">Something names a call's tenant.</param>
    public static void Check(in OptionScope scope, ServicePolicyOptions service, ServicePolicyOptions? wider, IReadOnlySet<string> balancers, bool tenants)
    {
        CallPolicyRules.Check(scope, service, wider is null ? [] : [wider], balancers);
        OptionScope methods = scope.Of(nameof(ServicePolicyOptions.Methods));
        foreach ((string name, CallPolicyOptions method) in service.Methods)
        {
            if (methods.IsThere(name, method))
            {
                CallPolicyRules.Check(methods.Of(name), method, wider is null ? [service] : [service, wider], balancers);
            }
        }

        InstanceRules.Check(scope, service);

        LimitRules.Check(scope, service, tenants);
        RoutingRules.Check(scope, service.Routing, tenants);
    }
}
