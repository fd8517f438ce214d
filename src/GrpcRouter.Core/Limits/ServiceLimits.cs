namespace GrpcRouter;

/// <summary>The limits of a service's methods; made anew when options change.</summary>
internal sealed class ServiceLimits
{
    private readonly MethodLimits[] methods;

    private ServiceLimits(MethodLimits[] methods)
    {
        this.methods = methods;
        LargestResponse = methods.Select(static method => method.MaxResponseMessage).DefaultIfEmpty().Max();
    }

    public MethodLimits this[RoutedMethod method] => methods[method.Index];

    /// <summary>The largest message that an instance may send at all, in bytes.</summary>
    public int LargestResponse { get; }

    /// <param name="service">The service.</param>
    /// <param name="options">The options that count now.</param>
    /// <param name="declared">What the .proto says.</param>
    /// <param name="limits">Keeps the rules.</param>
    /// <param name="time">The router's clock.</param>
    public static ServiceLimits Create(RoutedService service, RouterOptions options, ServicePolicyOptions declared, RouterLimits limits, TimeProvider time)
    {
        options.Services.TryGetValue(service.FullName, out ServicePolicyOptions? configured);
        OptionScopes scopes = new(configured, declared, options.Defaults);
        return new ServiceLimits([.. service.Methods.Select(method => Method(service, method, options, scopes, limits, time))]);
    }

    private static MethodLimits Method(RoutedService service, RoutedMethod method, RouterOptions options, OptionScopes scopes, RouterLimits limits, TimeProvider time)
    {
        List<MethodRate> rates = [];
        foreach (RateLimitOptions rate in options.RateLimits)
        {
            if (Matches(rate.Services, service.FullName) && Matches(rate.Methods, method.Name))
            {
                rates.Add(new MethodRate(limits.Rule(rate.Name, RateLimitSpec.Of(rate, options)), service, method, rate.Identities, rate.Tenants));
            }
        }

        if (OfPolicy(service, method, options, scopes, limits) is { } own)
        {
            rates.Add(own);
        }

        MethodRate[] instances = [.. rates.Where(static rate => rate.IsOfInstances)];
        bool refuses = scopes.Of(method.Name, static call => call.MessageRateAction) == MessageRateAction.Refuse;
        MessagePace? Pace(int? perSecond) => perSecond is { } rate ? new MessagePace(rate, refuses, time) : null;
        MethodRate[] callers = [.. rates.Where(static rate => !rate.IsOfInstances)];
        return new MethodLimits
        {
            Rates = callers.Length == 0 ? null : callers,
            InstanceRates = instances.Length == 0 ? null : instances,
            MaxRequestMessage = scopes.Of(method.Name, static call => call.MaxRequestMessageSize) ?? options.MaxMessageSize,
            MaxResponseMessage = scopes.Of(method.Name, static call => call.MaxResponseMessageSize) ?? options.MaxMessageSize,
            RequestPace = method.ClientStreams ? Pace(scopes.Of(method.Name, static call => call.MaxRequestMessagesPerSecond)) : null,
            ResponsePace = method.ServerStreams ? Pace(scopes.Of(method.Name, static call => call.MaxResponseMessagesPerSecond)) : null,
        };
    }

    private static bool Matches(IList<string> patterns, string name) => patterns.Count == 0 || patterns.Any(pattern => new NamePattern(pattern).Matches(name));

    // A method's own counts for itself, that of a service for all methods that have none of their own, together.
    private static MethodRate? OfPolicy(RoutedService service, RoutedMethod method, RouterOptions options, OptionScopes scopes, RouterLimits limits)
    {
        if (scopes.Of(method.Name, static call => call.RateLimit) is not { } limiter)
        {
            return null;
        }

        bool own = ReferenceEquals(scopes.OwnOf(method.Name, static call => call.RateLimit), limiter);
        RateLimitSpec spec = new(own ? RateLimitPartition.Method : RateLimitPartition.Service, 0, 0, 1, LimiterPlan.Of(limiter, options));
        return new MethodRate(limits.Rule(own ? $"{service.FullName}/{method.Name}" : service.FullName, spec), service, method, [], []);
    }
}
