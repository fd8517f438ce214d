using Grpc.Core;

namespace GrpcRouter;

/// <summary>How the calls and instances of a service are treated: the options of all scopes, put together once.</summary>
internal sealed class ServicePlan
{
    private const uint Unavailable = 1u << (int)StatusCode.Unavailable;

    private readonly RoutedService service;
    private readonly RouterHub hub;
    private readonly RouterOptions balancers;
    private readonly OptionScopes scopes;
    private readonly PlanGroups groups;
    private readonly PickPlan open;
    private readonly GrantedTenants granted;
    private readonly OutlierPlan? outliers;
    private readonly (double Ratio, double MinPerSecond, int? MaxRetries) budgetRules;
    private readonly (int MaxTokens, double TokenRatio)? throttleRules;
    private readonly MethodPlan[] methods;

    private ServicePlan(RoutedService service, RouterHub hub, RouterOptions options, OptionScopes scopes, InstanceRegistry registry, LiveCalls live, ServicePlan? before)
    {
        this.service = service;
        this.hub = hub;
        this.scopes = scopes;
        groups = new PlanGroups(registry);
        balancers = options;
        string? region = scopes.OfService(static options => options.Locality.Region);
        LocalityPlan locality = region is null ? LocalityPlan.None : new LocalityPlan(
            region,
            scopes.OfService(static options => options.Locality.Zone),
            scopes.OfService(static options => options.Locality.Overprovisioning) ?? 1.4);
        int panicThreshold = scopes.OfService(static options => options.PanicThreshold) ?? 0;
        int? instanceLimit = scopes.OfService(static options => options.CircuitBreaker.MaxCallsPerInstance);
        MaxCallsPerInstance = instanceLimit ?? int.MaxValue;
        MaxPendingCalls = scopes.OfService(static options => options.CircuitBreaker.MaxPendingCalls) ?? 1000;
        PickRules[] rules = [.. service.Methods.Select(method => Picks(Balancing(method.Name)))];
        open = Pick(LabelSelector.Any, groups);
        granted = groups.Add(new GrantedTenants(registry, tenant => Pick(new LabelSelector([], tenant), new PlanGroups(registry))));
        methods = [.. service.Methods.Select(Method)];
        InstancesFull = CallLimits.Full(
            RouterReasons.TooManyCalls,
            service.FullName,
            instanceLimit ?? options.MaxCallsPerChannel,
            $"The instances of {service.FullName} have as many calls under way as they may.").With(ReasonKeys.Scope, ReasonKeys.InstanceScope);
        PendingFull = CallLimits.Full(
            RouterReasons.TooManyPendingCalls, service.FullName, MaxPendingCalls, $"As many calls wait for an instance of {service.FullName} as may.");
        Limits = CallLimits.Create(service, scopes, live, before?.Limits);
        outliers = OutlierPlan.Create(scopes);

        // What they have counted goes on while it is counted for the same rules.
        budgetRules = (
            scopes.OfService(static options => options.RetryBudget.Ratio) ?? 0.2,
            scopes.OfService(static options => options.RetryBudget.MinPerSecond) ?? 10,
            scopes.OfService(static options => options.CircuitBreaker.MaxRetries));
        Budget = !Array.Exists(methods, static method => method.Retry is not null || method.Hedging is not null) ? null
            : before is { Budget: { } budget } && before.budgetRules == budgetRules ? budget
            : new RetryBudget(budgetRules.Ratio, budgetRules.MinPerSecond, budgetRules.MaxRetries, hub.Time, hub.Time.GetTimestamp());
        throttleRules = scopes.OfService(static options => options.RetryBudget.MaxTokens) is { } maxTokens
            ? (maxTokens, scopes.OfService(static options => options.RetryBudget.TokenRatio) ?? 0.1)
            : null;
        Throttle = throttleRules is not { } throttling ? null
            : before is { Throttle: { } throttle } && before.throttleRules == throttling ? throttle
            : new RetryThrottle(throttling.MaxTokens, throttling.TokenRatio);

        PickPlan Pick(LabelSelector all, PlanGroups kept) => new(service, scopes, kept, all, rules, locality, panicThreshold);
    }

    /// <summary>The calls that began with the plan and are under way.</summary>
    public StripedCounter Live { get; } = new();

    /// <summary>An instance is well, for whatever callers.</summary>
    public bool HasWell => open.Any.Current.WellCount > 0 || granted.HasWell;

    /// <summary>Whose calls there are; null: nobody's in particular.</summary>
    public TenantRules? Tenants => hub.Callers.Rules.Tenants;

    /// <summary>Calls that one instance may have under way.</summary>
    public int MaxCallsPerInstance { get; }

    /// <summary>Calls that may wait for an instance.</summary>
    public int MaxPendingCalls { get; }

    /// <summary>Limits on the calls of the service and of its tenants; null when there are none.</summary>
    public CallLimits? Limits { get; }

    /// <summary>What is said when every instance has as many calls as it may.</summary>
    public RouterStatus InstancesFull { get; }

    /// <summary>What a call is told that finds as many waiting as may.</summary>
    public RouterStatus PendingFull { get; }

    /// <summary>What retries and hedges may be; null when no method of the service has any.</summary>
    public RetryBudget? Budget { get; }

    /// <summary>The token bucket of retries; null when there is none.</summary>
    public RetryThrottle? Throttle { get; }

    /// <summary>The ends of calls are to be counted at their instances.</summary>
    public bool TracksOutcomes => outliers is not null;

    /// <summary>The plan of a method.</summary>
    public MethodPlan this[RoutedMethod method] => methods[method.Index];

    /// <summary>Makes the plan of a service. Nothing of it counts before <see cref="Adopt"/>.</summary>
    /// <param name="service">The service.</param>
    /// <param name="hub">The router.</param>
    /// <param name="options">The options; they must not change any more.</param>
    /// <param name="declared">What the .proto says.</param>
    /// <param name="registry">The instances.</param>
    /// <param name="live">The service's calls.</param>
    /// <param name="before">The plan it is to replace.</param>
    public static ServicePlan Create(
        RoutedService service, RouterHub hub, RouterOptions options, ServicePolicyOptions declared, InstanceRegistry registry, LiveCalls live, ServicePlan? before = null)
    {
        options.Services.TryGetValue(service.FullName, out ServicePolicyOptions? configured);
        return new ServicePlan(service, hub, options, new OptionScopes(configured, declared, options.Defaults), registry, live, before);
    }

    /// <summary>The plan counts from now on.</summary>
    public void Adopt(OutlierWatch watch)
    {
        Limits?.Adopt();
        watch.Configure(outliers);
    }

    /// <summary>No call picks by the plan any more.</summary>
    public void Release()
    {
        groups.Release();
        granted.Release();
    }

    public void OnTick(long now)
    {
        open.OnTick(now);
        granted.OnTick(now);
        Limits?.OnTick();
        Budget?.OnTick(now);
    }

    private MethodPlan Method(RoutedMethod method)
    {
        string name = method.Name;
        LoadBalancingOptions balancing = Balancing(name);
        HedgingPlan? hedging = Hedging(method);
        return new MethodPlan
        {
            Service = this,
            Index = method.Index,
            Open = open[method.Index],
            Granted = granted,
            Hedging = hedging,
            Retry = hedging is null ? Retry(name) : null,

            // A stream may rest for hours: what is set for all methods at once is not meant for it.
            Timeout = method.ClientStreams || method.ServerStreams
                ? scopes.OwnOf(name, static options => options.Timeout)
                : scopes.Of(name, static options => options.Timeout),
            MaxStreamAge = method.ClientStreams || method.ServerStreams ? scopes.Of(name, static options => options.MaxStreamAge) : null,
            WaitForReady = scopes.Of(name, static options => options.WaitForReady) ?? false,
            AuthorizationPolicy = scopes.Of(name, static options => options.AuthorizationPolicy) is { } policy and not AuthorizationPolicies.Anonymous ? policy : null,
            SessionAffinity = balancing.SessionAffinity ?? false,
            LatencyDecay = balancing.Policy == LoadBalancingPolicies.PeakEwma ? PeakLatency.DecayOf(balancing, hub.Time) : 0,
        };
    }

    private LoadBalancingOptions Balancing(string method)
    {
        T? Of<T>(Func<LoadBalancingOptions, T?> get)
            where T : struct => scopes.Of(method, options => get(options.LoadBalancing));
        string? Text(Func<LoadBalancingOptions, string?> get) => scopes.Of(method, options => get(options.LoadBalancing));
        return new LoadBalancingOptions
        {
            Policy = Text(static options => options.Policy) ?? LoadBalancingPolicies.RoundRobin,
            ChoiceCount = Of(static options => options.ChoiceCount) ?? 2,
            HashHeader = Text(static options => options.HashHeader),
            BoundedLoad = Of(static options => options.BoundedLoad),
            MinRingSize = Of(static options => options.MinRingSize) ?? 1024,
            MaxRingSize = Of(static options => options.MaxRingSize) ?? 131_072,
            MaglevTableSize = Of(static options => options.MaglevTableSize) ?? 65_537,
            DecayTime = Of(static options => options.DecayTime) ?? TimeSpan.FromSeconds(10),
            WeightSignal = Text(static options => options.WeightSignal),
            ErrorPenalty = Of(static options => options.ErrorPenalty) ?? 1,
            BlackoutPeriod = Of(static options => options.BlackoutPeriod) ?? TimeSpan.FromSeconds(10),
            WeightExpiration = Of(static options => options.WeightExpiration) ?? TimeSpan.FromMinutes(3),
            SessionAffinity = Of(static options => options.SessionAffinity) ?? false,
        };
    }

    private RetryPlan? Retry(string method)
    {
        bool idempotent = scopes.Of(method, static options => options.Idempotency) is MethodIdempotency.NoSideEffects or MethodIdempotency.Idempotent;
        int attempts = scopes.Of(method, static options => options.Retry.MaxAttempts) ?? (idempotent ? 3 : 1);
        return attempts < 2 ? null : new RetryPlan(
            attempts,
            scopes.Of(method, static options => options.Retry.InitialBackoff) ?? TimeSpan.FromMilliseconds(50),
            scopes.Of(method, static options => options.Retry.MaxBackoff) ?? TimeSpan.FromSeconds(1),
            scopes.Of(method, static options => options.Retry.BackoffMultiplier) ?? 2,
            Bits(scopes.Of(method, static options => Listed(options.Retry.RetryableStatusCodes))),
            scopes.Of(method, static options => options.Retry.AttemptTimeout));
    }

    private HedgingPlan? Hedging(RoutedMethod method)
    {
        int attempts = scopes.Of(method.Name, static options => options.Hedging.MaxAttempts) ?? 1;
        return attempts < 2 || method.ClientStreams ? null : new HedgingPlan(
            attempts,
            scopes.Of(method.Name, static options => options.Hedging.Delay) ?? TimeSpan.FromMilliseconds(100),
            Bits(scopes.Of(method.Name, static options => Listed(options.Hedging.NonFatalStatusCodes))));
    }

    private PickRules Picks(LoadBalancingOptions balancing)
    {
        SlowStartOptions slowStart = new()
        {
            Window = scopes.OfService(static options => options.SlowStart.Window) ?? TimeSpan.Zero,
            Aggression = scopes.OfService(static options => options.SlowStart.Aggression) ?? 1,
            MinWeightPercent = scopes.OfService(static options => options.SlowStart.MinWeightPercent) ?? 10,
        };
        LoadBalancerContext context = new(service, balancing, slowStart, hub.Time);
        return new PickRules(
            () => LoadBalancerCatalog.Create(balancers, context), balancing.Policy == LoadBalancingPolicies.Instance, balancing.SessionAffinity ?? false);
    }

    private static IList<StatusCode>? Listed(IList<StatusCode> codes) => codes.Count == 0 ? null : codes;

    private static uint Bits(IList<StatusCode>? codes) =>
        codes is null ? Unavailable : codes.Aggregate(0u, static (bits, code) => bits | (1u << (int)code));
}
