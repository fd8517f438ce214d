namespace GrpcRouter;

/// <summary>How the calls of a method are treated: its options with those of wider scopes and all defaults. It never changes.</summary>
internal sealed class MethodPlan
{
    /// <summary>The plan of the service, which this is part of.</summary>
    public required ServicePlan Service { get; init; }

    /// <summary>The method's place in its service.</summary>
    public required int Index { get; init; }

    /// <summary>Where calls go for whose tenant no instance was set aside.</summary>
    public required MethodRoutes Open { get; init; }

    /// <summary>The tenants that have instances set aside.</summary>
    public required GrantedTenants Granted { get; init; }

    /// <summary>When a call is tried again; null: only when it never reached an instance.</summary>
    public RetryPlan? Retry { get; init; }

    /// <summary>When it is tried on several instances at once; null: never.</summary>
    public HedgingPlan? Hedging { get; init; }

    /// <summary>Longest time of a call; null: no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Age at which a stream ends, give or take a tenth; null: never, and for methods that do not stream.</summary>
    public TimeSpan? MaxStreamAge { get; init; }

    /// <summary>A call that finds no instance waits.</summary>
    public bool WaitForReady { get; init; }

    /// <summary>Who may call, as <see cref="CallPolicyOptions.AuthorizationPolicy"/> says; null: everyone.</summary>
    public string? AuthorizationPolicy { get; init; }

    /// <summary>Sessions stay with their instance.</summary>
    public bool SessionAffinity { get; init; }

    /// <summary>The policy wants to know how long calls take.</summary>
    public bool TracksLatency => LatencyDecay > 0;

    /// <summary>The time in which it forgets most of a latency, in units of the router's clock; 0 when it wants to know none.</summary>
    public long LatencyDecay { get; init; }

    /// <summary>Where the calls of a tenant go; null: of nobody in particular. It may be another when instances have come or gone.</summary>
    public MethodRoutes RoutesFor(string? tenant) =>
        tenant is not null && !Granted.IsEmpty && Granted.Find(tenant) is { } own ? own[Index] : Open;

    /// <summary>Longest time of a call by its method and its route; null: no limit.</summary>
    public TimeSpan? TimeoutFor(ClientLeg leg) => Open.Routes is { } routes ? routes.TimeoutFor(leg, Timeout) : Timeout;
}
