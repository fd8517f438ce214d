using System.Security.Cryptography;

namespace GrpcRouter;

/// <summary>How the router treats calls and channels. Every limit ends what broke it and nothing else.</summary>
public sealed class RouterOptions
{
    /// <summary>Names this router to instances and operators. Default: the machine's name.</summary>
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
    public int CallWindow { get; set; } = 64 * 1024;

    /// <summary>What a call's window may grow to when it is what limits the call. Default 4 MiB.</summary>
    public int MaxCallWindow { get; set; } = 4 * 1024 * 1024;

    /// <summary>What all windows of one channel may grow by, together, in bytes. Default 64 MiB.</summary>
    public long ChannelWindowBudget { get; set; } = 64 * 1024 * 1024;

    /// <summary>Largest frame accepted from an instance, in bytes. 64 KiB or more; default 256 KiB.</summary>
    public int MaxFrameSize { get; set; } = 256 * 1024;

    /// <summary>Calls under way on one channel, cancelled ones that the instance has not ended among them. Default 100,000, at most 1,048,575.</summary>
    public int MaxCallsPerChannel { get; set; } = 100_000;

    /// <summary>Time a new channel has for its Hello. Default 10 s.</summary>
    public TimeSpan RegistrationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence after which an instance is pinged. Default 20 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Time a pinged instance has to send anything. Then its channel ends. Default 20 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Age at which an instance is asked for a new channel in place of its old one, give or take a tenth, so that load spreads over routers that came
    /// later. Instances that cannot renew are drained and dial again. Running calls go on in either case. Positive; default null: channels live as long as they can.
    /// </summary>
    public TimeSpan? MaxChannelAge { get; set; }

    /// <summary>Spreads the ages of channels. Default: seeded anew.</summary>
    public Random Random { get; set; } = new(RandomNumberGenerator.GetInt32(int.MaxValue));

    /// <summary>How calls and instances of all services are treated, where nothing else is said for them.</summary>
    public ServicePolicyOptions Defaults { get; set; } = new();

    /// <summary>How those of single services are treated, by full name such as <c>greet.Greeter</c>.</summary>
    public IDictionary<string, ServicePolicyOptions> Services { get; } = new Dictionary<string, ServicePolicyOptions>(StringComparer.Ordinal);

    /// <summary>Load balancing policies of the application's own, by name; see <see cref="LoadBalancingOptions.Policy"/>. They go before built-in ones.</summary>
    public IDictionary<string, Func<LoadBalancerContext, ILoadBalancer>> LoadBalancers { get; } =
        new Dictionary<string, Func<LoadBalancerContext, ILoadBalancer>>(StringComparer.Ordinal);

    /// <summary>Seeds the choices that are made at random, so that tests can repeat them. Default: none.</summary>
    public ulong? RandomSeed { get; set; }

    /// <summary>Bytes of requests that one call may keep for a retry, 0 and more. Over it the call goes on without retries. Default 256 KiB.</summary>
    public int RetryBufferPerCall { get; set; } = 256 * 1024;

    /// <summary>Bytes of requests that all calls together may keep for retries. Default 64 MiB.</summary>
    public long RetryBufferTotal { get; set; } = 64 * 1024 * 1024;

    /// <summary>Gives the options of a service, and makes them when there are none.</summary>
    public ServicePolicyOptions Service(string fullName)
    {
        if (!Services.TryGetValue(fullName, out ServicePolicyOptions? options))
        {
            Services[fullName] = options = new ServicePolicyOptions();
        }

        return options;
    }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="InvalidOperationException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(!string.IsNullOrEmpty(RouterId), nameof(RouterId), "must not be empty");
        Require(MaxMessageSize >= 0, nameof(MaxMessageSize), "must not be negative");
        Require(MaxMetadataSize >= 0, nameof(MaxMetadataSize), "must not be negative");
        Require(MaxCallDuration is null || MaxCallDuration > TimeSpan.Zero, nameof(MaxCallDuration), "must be positive");
        Require(CallWindow >= 16 * 1024, nameof(CallWindow), "must be at least 16,384");
        Require(MaxCallWindow >= CallWindow, nameof(MaxCallWindow), "must not be less than CallWindow");
        Require(ChannelWindowBudget >= 0, nameof(ChannelWindowBudget), "must not be negative");
        Require(MaxFrameSize is >= 64 * 1024 and <= 64 * 1024 * 1024, nameof(MaxFrameSize), "must be 65,536 to 67,108,864");
        Require(MaxCallsPerChannel is > 0 and <= CallTable.MaxSlots, nameof(MaxCallsPerChannel), "must be 1 to 1,048,575");
        Require(RegistrationTimeout > TimeSpan.Zero, nameof(RegistrationTimeout), "must be positive");
        Require(KeepAliveInterval > TimeSpan.Zero, nameof(KeepAliveInterval), "must be positive");
        Require(KeepAliveTimeout > TimeSpan.Zero, nameof(KeepAliveTimeout), "must be positive");
        Require(MaxChannelAge is null || MaxChannelAge > TimeSpan.Zero, nameof(MaxChannelAge), "must be positive");
        Require(Random is not null, nameof(Random), "must not be null");
    }

    private static void Require(bool condition, string option, string rule)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"{nameof(RouterOptions)}.{option} {rule}.");
        }
    }
}
