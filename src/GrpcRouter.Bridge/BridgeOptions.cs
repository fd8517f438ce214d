using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>How a bridge dials its routers and serves calls. Read once, when the bridge is made.</summary>
public sealed class BridgeOptions
{
    /// <summary>
    /// Addresses of the routers. The bridge registers with each of them. <c>https://router.example:443</c> is one router. <c>dns:///router.example:443</c> is a router for
    /// each address of the name, the IPv4 ones where it has any, and is asked for anew every <see cref="RouterDiscoveryInterval"/>; without a port it is 443, or 80
    /// without TLS.
    /// </summary>
    public IList<string> Routers { get; private init; } = [];

    /// <summary>Routers beside those of <see cref="Routers"/>. Default null: none, or what a host has registered as <see cref="IRouterDiscovery"/>.</summary>
    public IRouterDiscovery? RouterDiscovery { get; set; }

    /// <summary>
    /// How often the names of <c>dns:///</c> addresses are resolved. It is done sooner, but at most once a second, when a channel has ended. Default 30 s.
    /// </summary>
    public TimeSpan RouterDiscoveryInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Dials routers of <c>dns:///</c> addresses with TLS; their certificate must be for the name. Default true. Other addresses say it themselves.</summary>
    public bool UseTls { get; set; } = true;

    /// <summary>
    /// Names this instance; distinct between instances, and stable over its reconnects. Default: machine name, process id and
    /// a random part, which is another one in each set of options.
    /// </summary>
    public string InstanceId { get; set; } = BridgeIdentity.NewInstanceId();

    /// <summary>What the router may choose by, such as a zone or a version. Default: none.</summary>
    public IDictionary<string, string> Labels { get; private init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Share of the load in weighted balancing, from 1 on. Default 1.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>Parallel channels to each router, each on a connection of its own, 1 to 64. Default 1.</summary>
    public int Stripes { get; set; } = 1;

    /// <summary>Largest request message in bytes, also after decompression; null: no limit. Default 4 MiB. Larger: RESOURCE_EXHAUSTED.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Largest response message in bytes; null: no limit but the router's. Default null. Larger: RESOURCE_EXHAUSTED.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Largest response headers, and largest trailers, in bytes, where the router allows as much. Default 16 KiB. Larger: RESOURCE_EXHAUSTED.</summary>
    public int MaxMetadataSize { get; set; } = 16 * 1024;

    /// <summary>Tells clients type and message of a handler's exception. Default false: they learn that there was one.</summary>
    public bool EnableDetailedErrors { get; set; }

    /// <summary>Encoding of responses to clients that accept it, such as <c>gzip</c>. Default null: not compressed.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>Level of response compression. Default null: the provider's own.</summary>
    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>The encodings the bridge can read and write. Default: gzip and deflate.</summary>
    public IList<ICompressionProvider> CompressionProviders { get; private init; } = [new GzipCompressionProvider(), new DeflateCompressionProvider()];

    /// <summary>Server interceptors, outermost first. Default: none.</summary>
    public InterceptorCollection Interceptors { get; private init; } = [];

    /// <summary>Bytes a client may send on one call before the handler reads, 16 KiB to 16 MiB. Default 64 KiB.</summary>
    public int CallWindow { get; set; } = 64 * 1024;

    /// <summary>What <see cref="CallWindow"/> may grow to when it is all that holds up a call. Default 4 MiB.</summary>
    public int MaxCallWindow { get; set; } = 4 * 1024 * 1024;

    /// <summary>What the windows of one channel may grow by in all, in bytes. Default 64 MiB.</summary>
    public long WindowBudget { get; set; } = 64 * 1024 * 1024;

    /// <summary>Silence after which the router is asked for a sign of life. Default 20 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Time the router has to give one, before the channel is given up and dialed anew. Default 10 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time to connect and, again, time for the router to answer the registration. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Upper bound of the first wait after a channel is lost; it doubles each time, and the wait is random below it. Default 100 ms.</summary>
    public TimeSpan ReconnectInitialBackoff { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Largest upper bound of the wait after network errors. Default 30 s.</summary>
    public TimeSpan ReconnectMaxBackoff { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>As <see cref="ReconnectInitialBackoff"/>, after the router refused the registration: wrong credentials, service or version. Default 10 s.</summary>
    public TimeSpan RefusedInitialBackoff { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest upper bound of the wait after refusals. Default 5 min.</summary>
    public TimeSpan RefusedMaxBackoff { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Time a channel must have lived for the waits to start small again. Default 10 s.</summary>
    public TimeSpan StablePeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Age at which a channel is renewed, give or take a tenth: another one takes its place, and the calls on the old one go on there to their end. More than zero, or
    /// <see cref="Timeout.InfiniteTimeSpan"/>, the default: only when the router asks for it.
    /// </summary>
    public TimeSpan MaxChannelAge { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Time from the stop of the bridge to the end of the calls that still run then. Default 30 s.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The part of <see cref="StopGrace"/> in which routers are told that the instance is about to leave, before it takes no more calls: sessions that are pinned to
    /// it go on, other calls go elsewhere. Zero to <see cref="StopGrace"/>. Default zero.
    /// </summary>
    public TimeSpan DrainNotice { get; set; }

    /// <summary>
    /// How often routers are told how loaded the instance is. A report that says nothing new is left out, but for one a minute. Zero or
    /// <see cref="Timeout.InfiniteTimeSpan"/>: not at all. Default 10 s.
    /// </summary>
    public TimeSpan LoadReportInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The share of its capacity that the instance uses, 0 to 1, more when overloaded; asked once a report, from a thread of the pool. Default null: the
    /// processor time of the process as a share of all processors' since the report before.
    /// </summary>
    public Func<double>? Utilization { get; set; }

    /// <summary>Signals of the service's own by name, asked once a report, for policies of the router that know them. At most 32. Default: none.</summary>
    public IDictionary<string, Func<double>> LoadSignals { get; private init; } = new Dictionary<string, Func<double>>(StringComparer.Ordinal);

    /// <summary>
    /// How often a host that has health checks (<c>AddHealthChecks</c>) runs them for the routers, all services in one round. A service with an unhealthy check is told to be
    /// not serving, and so are all when a round takes longer than 30 s. Zero or <see cref="Timeout.InfiniteTimeSpan"/>: not at all. Default 10 s.
    /// </summary>
    public TimeSpan HealthCheckInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Says whether a health check counts for a service, by the service's full name such as <c>greet.Greeter</c>. Default null: checks without tags, and those that are
    /// tagged with that name.
    /// </summary>
    public Func<string, HealthCheckRegistration, bool>? HealthChecks { get; set; }

    /// <summary>TLS to routers at https addresses: the instance's certificate, and whose certificates routers may have. Default: the machine's authorities, TLS 1.3, no certificate.</summary>
    public BridgeTlsOptions Tls { get; set; } = new();

    /// <summary>Adjusts the handler of a new connection: proxy, connect callback, what <see cref="Tls"/> has not. Called once per channel.</summary>
    public Action<SocketsHttpHandler>? ConfigureHandler { get; set; }

    /// <summary>
    /// Gives the registration token for a dial, null for none; asked each time, because a token registers one channel. <see cref="RegistrationTokenSigner.GetTokenAsync"/> makes them,
    /// <see cref="RegistrationTokenFile.GetTokenAsync"/> reads what somebody else has made. When it fails with an <see cref="IOException"/> or an <see cref="HttpRequestException"/> the bridge tries again soon, otherwise as after
    /// a refusal. Default null: no token.
    /// </summary>
    public Func<RegistrationTokenRequest, CancellationToken, ValueTask<string?>>? RegistrationToken { get; set; }

    /// <summary>
    /// The methods that the instance serves, whatever a router sends: <c>greet.Greeter/SayHello</c>, or <c>greet.Greeter/*</c> for all of a service. Calls of others end UNIMPLEMENTED, and a router may
    /// try another instance. Default null: all methods that are bound.
    /// </summary>
    public IList<string>? AllowedMethods { get; set; }

    /// <summary>
    /// The tenants whose calls the instance serves, as the router names them (<c>grpcrouter-tenant</c>). Others, and calls without a tenant, end PERMISSION_DENIED before a handler sees them. Default
    /// null: all calls.
    /// </summary>
    public IList<string>? AllowedTenants { get; set; }

    /// <summary>Adjusts the request that opens a registration channel, each time one is dialed: this is the place for credentials of other kinds.</summary>
    public Func<HttpRequestMessage, CancellationToken, ValueTask>? PrepareRegistration { get; set; }

    /// <summary>The clock of deadlines, keepalive and backoff. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Spreads the waits before dialing again. Default: seeded anew.</summary>
    public Random Random { get; set; } = new(RandomNumberGenerator.GetInt32(int.MaxValue));

    /// <summary>Where the bridge logs. Default null: nowhere, or the host's when the bridge comes from <c>AddGrpcRouterBridge</c>.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Finds the addresses of a name.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; set; } = Dns.GetHostAddressesAsync;

    internal BridgeOptions Copy() => new()
    {
        Routers = [.. Routers],
        RouterDiscovery = RouterDiscovery,
        RouterDiscoveryInterval = RouterDiscoveryInterval,
        UseTls = UseTls,
        MaxChannelAge = MaxChannelAge,
        Resolve = Resolve,
        InstanceId = InstanceId,
        Labels = new Dictionary<string, string>(Labels, StringComparer.Ordinal),
        Weight = Weight,
        Stripes = Stripes,
        MaxReceiveMessageSize = MaxReceiveMessageSize,
        MaxSendMessageSize = MaxSendMessageSize,
        MaxMetadataSize = MaxMetadataSize,
        EnableDetailedErrors = EnableDetailedErrors,
        ResponseCompressionAlgorithm = ResponseCompressionAlgorithm,
        ResponseCompressionLevel = ResponseCompressionLevel,
        CompressionProviders = [.. CompressionProviders],
        Interceptors = [.. Interceptors],
        CallWindow = CallWindow,
        MaxCallWindow = MaxCallWindow,
        WindowBudget = WindowBudget,
        KeepAliveInterval = KeepAliveInterval,
        KeepAliveTimeout = KeepAliveTimeout,
        ConnectTimeout = ConnectTimeout,
        ReconnectInitialBackoff = ReconnectInitialBackoff,
        ReconnectMaxBackoff = ReconnectMaxBackoff,
        RefusedInitialBackoff = RefusedInitialBackoff,
        RefusedMaxBackoff = RefusedMaxBackoff,
        StablePeriod = StablePeriod,
        StopGrace = StopGrace,
        DrainNotice = DrainNotice,
        HealthCheckInterval = HealthCheckInterval,
        HealthChecks = HealthChecks,
        LoadReportInterval = LoadReportInterval,
        Utilization = Utilization,
        LoadSignals = new Dictionary<string, Func<double>>(LoadSignals, StringComparer.Ordinal),
        RegistrationToken = RegistrationToken,
        AllowedMethods = AllowedMethods is null ? null : [.. AllowedMethods],
        AllowedTenants = AllowedTenants is null ? null : [.. AllowedTenants],
        Tls = Tls.Copy(),
        ConfigureHandler = ConfigureHandler,
        PrepareRegistration = PrepareRegistration,
        TimeProvider = TimeProvider,
        Random = Random,
        LoggerFactory = LoggerFactory,
    };
}
