using System.Security.Cryptography;
using System.Threading.RateLimiting;

namespace GrpcRouter;

/// <summary>How the router treats calls and channels. Every limit ends what broke it and nothing else.</summary>
public sealed class RouterOptions
{
    /// <summary>Names this router to instances and operators. Default: the machine's name.</summary>
    [Reload(ReloadEffect.Restart)]
    public string RouterId { get; set; } = Environment.MachineName;

    /// <summary>
    /// Largest message in bytes, 0 to 2,147,483,647, counted on the declared length. Default: no limit of the router's own, because
    /// messages are relayed in pieces and never buffered whole; clients and instances have limits of theirs. Over it: RESOURCE_EXHAUSTED.
    /// </summary>
    public int MaxMessageSize { get; set; } = int.MaxValue;

    /// <summary>Largest metadata of a call in one direction, in bytes, as key + value + 32 an entry. Default 16 KiB. Over it: RESOURCE_EXHAUSTED.</summary>
    public int MaxMetadataSize { get; set; } = 16 * 1024;

    /// <summary>Longest time a call may take, also for calls that name no deadline. Default: none.</summary>
    public TimeSpan? MaxCallDuration { get; set; }

    /// <summary>Bytes of responses an instance may send ahead of the client, when a call starts. 16 KiB or more; default 64 KiB.</summary>
    [Reload(ReloadEffect.NewChannels)]
    public int CallWindow { get; set; } = 64 * 1024;

    /// <summary>What a call's window may grow to, in bytes, when it is what limits the call. Default 4 MiB.</summary>
    [Reload(ReloadEffect.NewChannels)]
    public int MaxCallWindow { get; set; } = 4 * 1024 * 1024;

    /// <summary>What all windows of one channel may grow by, together, in bytes. Default 64 MiB.</summary>
    [Reload(ReloadEffect.NewChannels)]
    public long ChannelWindowBudget { get; set; } = 64 * 1024 * 1024;

    /// <summary>What all windows of all channels may grow by, together, in bytes. 0 or more; default 512 MiB.</summary>
    [Reload(ReloadEffect.AtOnce)]
    public long TotalWindowBudget { get; set; } = 512 * 1024 * 1024;

    /// <summary>Largest frame accepted from an instance, in bytes. 64 KiB or more; default 256 KiB.</summary>
    [Reload(ReloadEffect.NewChannels)]
    public int MaxFrameSize { get; set; } = 256 * 1024;

    /// <summary>Calls under way on one channel, cancelled ones that the instance has not ended among them. Default 100,000, at most 1,048,575.</summary>
    [Reload(ReloadEffect.NewChannels)]
    public int MaxCallsPerChannel { get; set; } = 100_000;

    /// <summary>Time a new channel has for its Hello. Default 10 s.</summary>
    [Reload(ReloadEffect.AtOnce)]
    public TimeSpan RegistrationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence after which an instance is pinged. Default 20 s.</summary>
    [Reload(ReloadEffect.AtOnce)]
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Time a pinged instance has to send anything. Then its channel ends. Default 20 s.</summary>
    [Reload(ReloadEffect.AtOnce)]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Age at which an instance is asked for a new channel in place of its old one, give or take a tenth, so that load spreads over routers that came
    /// later. Instances that cannot renew are drained and dial again. Running calls go on in either case. Positive; default null: channels live as long as they can.
    /// </summary>
    [Reload(ReloadEffect.NewChannels)]
    public TimeSpan? MaxChannelAge { get; set; }

    /// <summary>
    /// Time between the router saying that it is about to go (its readiness and health fail) and it refusing calls, for load balancers to notice. Zero to 30 days;
    /// default zero.
    /// </summary>
    [Reload(ReloadEffect.AtOnce)]
    public TimeSpan DrainDelay { get; set; }

    /// <summary>
    /// Time that running calls have once the router refuses new ones. Those left end UNAVAILABLE with the reason <see cref="RouterReasons.Shutdown"/>. Zero to 30 days;
    /// default 25 s. With <see cref="DrainDelay"/> it must fit into <c>HostOptions.ShutdownTimeout</c>, which is made 5 s longer than both unless the application sets it;
    /// where it does not fit, it is cut to what does.
    /// </summary>
    [Reload(ReloadEffect.AtOnce)]
    public TimeSpan DrainGrace { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>
    /// Time after the router's start in which its readiness waits for a first instance of each service. Then it is ready without: instances may be behind a load
    /// balancer that sends them here only once the router is ready. Not negative; default 30 s.
    /// </summary>
    [Reload(ReloadEffect.AtOnce)]
    public TimeSpan ReadinessGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Full names of the services that readiness waits for. Empty, the default: all that are mapped.</summary>
    [Reload(ReloadEffect.AtOnce)]
    public IList<string> ReadinessServices { get; } = [];

    /// <summary>
    /// Age at which a client's connection takes no more calls (GOAWAY), so that its load moves to replicas that came later; calls under way finish. Each connection's is
    /// made longer or shorter by up to a tenth at random, and counts from its first call. Instances' connections have an age of their own. Up to 30 days; default: none.
    /// </summary>
    [Reload(ReloadEffect.NewChannels)]
    public TimeSpan? MaxConnectionAge { get; set; }

    /// <summary>Time that the calls of a connection have beyond <see cref="MaxConnectionAge"/>; then it is cut. Zero to 30 days; default: not bounded.</summary>
    [Reload(ReloadEffect.NewChannels)]
    public TimeSpan? MaxConnectionAgeGrace { get; set; }

    /// <summary>Where chance comes from: it spreads the ages of channels and connections. Used by one thread at a time, with the object locked. Default: seeded anew.</summary>
    [Reload(ReloadEffect.Restart)]
    public Random Random { get; set; } = new(RandomNumberGenerator.GetInt32(int.MaxValue));

    /// <summary>How calls and instances of all services are treated, where nothing else is said for them.</summary>
    public ServicePolicyOptions Defaults { get; set; } = new();

    /// <summary>How those of single services are treated, by full name such as <c>greet.Greeter</c>.</summary>
    public IDictionary<string, ServicePolicyOptions> Services { get; } = new Dictionary<string, ServicePolicyOptions>(StringComparer.Ordinal);

    /// <summary>Who calls, and what of it goes on to the instance.</summary>
    public CallerOptions Callers { get; set; } = new();

    /// <summary>Keys that callers may bring, by a name of 1 to 128 printable ASCII characters without spaces, which is who calls. Default: none.</summary>
    public IDictionary<string, ApiKeyOptions> ApiKeys { get; } = new Dictionary<string, ApiKeyOptions>(StringComparer.Ordinal);

    /// <summary>Whose calls there are.</summary>
    public TenantOptions Tenants { get; set; } = new();

    /// <summary>Load balancing policies of the application's own, by name; see <see cref="LoadBalancingOptions.Policy"/>. They go before built-in ones.</summary>
    public IDictionary<string, Func<LoadBalancerContext, ILoadBalancer>> LoadBalancers { get; } =
        new Dictionary<string, Func<LoadBalancerContext, ILoadBalancer>>(StringComparer.Ordinal);

    /// <summary>
    /// Rules that bound the calls of each client, key, tenant, address, service, method or instance. A call over one of them ends RESOURCE_EXHAUSTED with the reason
    /// RATE_LIMITED. Default: none.
    /// </summary>
    public IList<RateLimitOptions> RateLimits { get; } = [];

    /// <summary>Which networks may connect, and how much of one peer may be open.</summary>
    public PeerOptions Peers { get; set; } = new();

    /// <summary>
    /// Limiters of the application's own, by name; see <see cref="LimiterOptions.Limiter"/>. Each is called with the name of a partition, and its limiter disposed of when it has
    /// been idle (<see cref="RateLimiter.IdleDuration"/>). They go before built-in ones. Calls ask for one permit and never wait in a queue.
    /// </summary>
    public IDictionary<string, Func<string, RateLimiter>> RateLimiters { get; } = new Dictionary<string, Func<string, RateLimiter>>(StringComparer.Ordinal);

    /// <summary>The router's certificate, and those of who connects. Default: none; TLS is Kestrel's business.</summary>
    [Reload(ReloadEffect.NewChannels)]
    public TlsOptions Tls { get; set; } = new();

    /// <summary>Bytes of requests that one call may keep for a retry, 0 and more. Over it the call goes on without retries. Default 256 KiB.</summary>
    [Reload(ReloadEffect.AtOnce)]
    public int RetryBufferPerCall { get; set; } = 256 * 1024;

    /// <summary>Bytes of requests that all calls together may keep for retries. Default 64 MiB.</summary>
    [Reload(ReloadEffect.AtOnce)]
    public long RetryBufferTotal { get; set; } = 64 * 1024 * 1024;

    /// <summary>What a single peer may do without use to anybody, before it is cut off.</summary>
    [Reload(ReloadEffect.NewChannels)]
    public AbuseOptions Abuse { get; set; } = new();

    /// <summary>Who may register an instance, and as what. Default: everyone who reaches the router.</summary>
    [Reload(ReloadEffect.AtOnce)]
    public RegistrationOptions Registration { get; set; } = new();

    /// <summary>The audit log.</summary>
    [Reload(ReloadEffect.Restart)]
    public AuditOptions Audit { get; set; } = new();

    /// <summary>Gives the options of a service, and makes them when there are none.</summary>
    public ServicePolicyOptions Service(string fullName)
    {
        if (!Services.TryGetValue(fullName, out ServicePolicyOptions? options))
        {
            Services[fullName] = options = new ServicePolicyOptions();
        }

        return options;
    }

    /// <summary>Checks all options, those of services and methods among them.</summary>
    /// <exception cref="InvalidOperationException">Something cannot work; the message says all that cannot, each with its path in the configuration.</exception>
    public void Validate() => Validate("GrpcRouter");

    internal void Validate(string path)
    {
        IReadOnlyList<string> errors = FindErrors(path);
        if (errors.Count > 0)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
        }
    }

    /// <summary>Finds what cannot work.</summary>
    /// <param name="path">Where the options stand in the configuration.</param>
    /// <returns>A sentence for each, such as <c>GrpcRouter:Services:greet.Greeter:Retry:MaxAttempts must be 1 to 5; it is 9.</c></returns>
    public IReadOnlyList<string> FindErrors(string path = "GrpcRouter")
    {
        List<string> errors = [];
        OptionScope root = new(path, errors);
        RouterRules.Check(root, this);
        RegistrationValidator.Check(root, Registration);
        RateLimitRules.Check(root, this);
        PeerOptionRules.Check(root, Peers);
        PolicyValidator.Check(root, this, LoadBalancingPolicies.BuiltIn.Concat(LoadBalancers.Keys).ToHashSet(StringComparer.Ordinal));
        return errors;
    }
}
