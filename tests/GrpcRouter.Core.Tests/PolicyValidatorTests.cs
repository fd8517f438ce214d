using Grpc.Core;

namespace GrpcRouter.Core.Tests;

public sealed class PolicyValidatorTests
{
    private const string Service = "GrpcRouter:Services:greet.Greeter";

    public static TheoryData<string, Action<ServicePolicyOptions>> Wrong => new()
    {
        { "Timeout must be positive; it is 00:00:00.", static o => o.Timeout = TimeSpan.Zero },
        { "Idempotency must be one of Unknown, NoSideEffects, Idempotent; it is 9.", static o => o.Idempotency = (MethodIdempotency)9 },
        { "LoadBalancing must not be null.", static o => o.LoadBalancing = null! },
        { "LoadBalancing:Policy must be one of instance, least_request, maglev, peak_ewma, power_of_two, random, ring_hash, round_robin, weighted_round_robin; it is rond_robin.", static o => o.LoadBalancing.Policy = "rond_robin" },
        { "LoadBalancing:ChoiceCount must be 2 to 10; it is 11.", static o => o.LoadBalancing.ChoiceCount = 11 },
        { "LoadBalancing:HashHeader must be a metadata key of letters, digits, '-', '_' and '.' that does not end in '-bin'; it is key-bin.", static o => o.LoadBalancing.HashHeader = "key-bin" },
        { "LoadBalancing:BoundedLoad must be more than 1; it is 1.", static o => o.LoadBalancing.BoundedLoad = 1 },
        { "LoadBalancing:BoundedLoad must be more than 1; it is NaN.", static o => o.LoadBalancing.BoundedLoad = double.NaN },
        { "LoadBalancing:MinRingSize must be 1 to 8,388,608; it is 0.", static o => o.LoadBalancing.MinRingSize = 0 },
        { "LoadBalancing:MinRingSize must not be more than MaxRingSize; they are 1,024 and 512.", static o => o.LoadBalancing.MaxRingSize = 512 },
        { "LoadBalancing:MaglevTableSize must be a prime of up to 5,000,011; it is 65536.", static o => o.LoadBalancing.MaglevTableSize = 65_536 },
        { "LoadBalancing:MaglevTableSize must be a prime of up to 5,000,011; it is 5000077.", static o => o.LoadBalancing.MaglevTableSize = 5_000_077 },
        { "LoadBalancing:DecayTime must be positive; it is 00:00:00.", static o => o.LoadBalancing.DecayTime = TimeSpan.Zero },
        { "LoadBalancing:WeightSignal must name a signal; it is nothing.", static o => o.LoadBalancing.WeightSignal = "" },
        { "LoadBalancing:ErrorPenalty must be 0 or more; it is -1.", static o => o.LoadBalancing.ErrorPenalty = -1 },
        { "LoadBalancing:BlackoutPeriod must not be negative; it is -00:00:01.", static o => o.LoadBalancing.BlackoutPeriod = TimeSpan.FromSeconds(-1) },
        { "LoadBalancing:WeightExpiration must be positive; it is 00:00:00.", static o => o.LoadBalancing.WeightExpiration = TimeSpan.Zero },
        { "Retry:MaxAttempts must be 1 to 5; it is 9.", static o => o.Retry.MaxAttempts = 9 },
        { "Retry:InitialBackoff must be positive; it is 00:00:00.", static o => o.Retry.InitialBackoff = TimeSpan.Zero },
        { "Retry:MaxBackoff must be positive; it is 00:00:00.", static o => o.Retry.MaxBackoff = TimeSpan.Zero },
        { "Retry:BackoffMultiplier must be 1 or more; it is 0.5.", static o => o.Retry.BackoffMultiplier = 0.5 },
        { "Retry:AttemptTimeout must be positive; it is 00:00:00.", static o => o.Retry.AttemptTimeout = TimeSpan.Zero },
        { "Retry:RetryableStatusCodes:1 must be the code of a failure; it is OK.", static o => AddAll(o.Retry.RetryableStatusCodes, StatusCode.Unavailable, StatusCode.OK) },
        { "Hedging:MaxAttempts must be 1 to 5; it is 0.", static o => o.Hedging.MaxAttempts = 0 },
        { "Hedging:Delay must not be negative; it is -00:00:01.", static o => o.Hedging.Delay = TimeSpan.FromSeconds(-1) },
        { "Hedging:NonFatalStatusCodes:0 must be the code of a failure; it is 99.", static o => o.Hedging.NonFatalStatusCodes.Add((StatusCode)99) },
        { "Hedging and Retry both have more than one attempt; a method has either (gRFC A6).", static o => o.Hedging.MaxAttempts = o.Retry.MaxAttempts = 2 },
        { "PanicThreshold must be 0 to 100; it is 101.", static o => o.PanicThreshold = 101 },
        { "Locality:Overprovisioning must be 1 or more; it is 0.9.", static o => o.Locality.Overprovisioning = 0.9 },
        { "SlowStart:Window must not be negative; it is -00:00:01.", static o => o.SlowStart.Window = TimeSpan.FromSeconds(-1) },
        { "SlowStart:Aggression must be more than 0; it is 0.", static o => o.SlowStart.Aggression = 0 },
        { "SlowStart:MinWeightPercent must be 1 to 100; it is 0.", static o => o.SlowStart.MinWeightPercent = 0 },
        { "OutlierDetection:Interval must be positive; it is 00:00:00.", static o => o.OutlierDetection.Interval = TimeSpan.Zero },
        { "OutlierDetection:BaseEjectionTime must be positive; it is 00:00:00.", static o => o.OutlierDetection.BaseEjectionTime = TimeSpan.Zero },
        { "OutlierDetection:MaxEjectionTime must be positive; it is 00:00:00.", static o => o.OutlierDetection.MaxEjectionTime = TimeSpan.Zero },
        { "OutlierDetection:MaxEjectionPercent must be 0 to 100; it is 101.", static o => o.OutlierDetection.MaxEjectionPercent = 101 },
        { "OutlierDetection:SuccessRate:StdevFactor must be 0 or more; it is -1.", static o => o.OutlierDetection.SuccessRate = new() { StdevFactor = -1 } },
        { "OutlierDetection:SuccessRate:EnforcementPercentage must be 0 to 100; it is 101.", static o => o.OutlierDetection.SuccessRate = new() { EnforcementPercentage = 101 } },
        { "OutlierDetection:FailurePercentage:Threshold must be 0 to 100; it is 101.", static o => o.OutlierDetection.FailurePercentage = new() { Threshold = 101 } },
        { "OutlierDetection:FailurePercentage:RequestVolume must be 0 or more; it is -1.", static o => o.OutlierDetection.FailurePercentage = new() { RequestVolume = -1 } },
        { "CircuitBreaker:MaxCalls must be 1 or more; it is 0.", static o => o.CircuitBreaker.MaxCalls = 0 },
        { "CircuitBreaker:MaxPendingCalls must be 0 or more; it is -1.", static o => o.CircuitBreaker.MaxPendingCalls = -1 },
        { "CircuitBreaker:MaxRetries must be 0 or more; it is -1.", static o => o.CircuitBreaker.MaxRetries = -1 },
        { "CircuitBreaker:MaxCallsPerInstance must be 1 or more; it is 0.", static o => o.CircuitBreaker.MaxCallsPerInstance = 0 },
        { "CircuitBreaker:MaxCallsPerTenant needs the Tenants of the router to have a Source, which names a call's tenant.", static o => o.CircuitBreaker.MaxCallsPerTenant = 1 },
        { "RetryBudget:Ratio must be 0 to 10; it is 11.", static o => o.RetryBudget.Ratio = 11 },
        { "RetryBudget:MinPerSecond must be 0 or more; it is -1.", static o => o.RetryBudget.MinPerSecond = -1 },
        { "RetryBudget:MaxTokens must be 1 to 1,000; it is 1001.", static o => o.RetryBudget.MaxTokens = 1001 },
        { "RetryBudget:TokenRatio must be more than 0; it is 0.", static o => o.RetryBudget.TokenRatio = 0 },
        { "Routing:LabelHeaders:x-bin must be a metadata key of letters, digits, '-', '_' and '.' that does not end in '-bin'; it is x-bin.", static o => o.Routing.LabelHeaders["x-bin"] = "version" },
        { "Routing:LabelHeaders:x-version must name a label; it is nothing.", static o => o.Routing.LabelHeaders["x-version"] = "" },
        { "Routing:Rules:0:Targets must have one target at least.", static o => o.Routing.Rules.Add(new()) },
        { "Routing:Rules:0:Targets must have one target at least whose weight is not 0.", static o => o.Routing.Rules.Add(new() { Targets = { new() { Weight = 0 } } }) },
        { "Routing:Rules:0:Targets:0:Weight must be 0 to 1,000,000; it is 1000001.", static o => o.Routing.Rules.Add(new() { Targets = { new() { Weight = 1_000_001 } } }) },
        { "Routing:Rules:0:StickyHeader must be a metadata key of letters, digits, '-', '_' and '.' that does not end in '-bin'; it is k-bin.", static o => o.Routing.Rules.Add(new() { StickyHeader = "k-bin", Targets = { new() } }) },
        { "Routing:Rules:0:Timeout must be positive; it is 00:00:00.", static o => o.Routing.Rules.Add(new() { Timeout = TimeSpan.Zero, Targets = { new() } }) },
        { "Routing:Rules:0:Tenants needs the Tenants of the router to have a Source, which names a call's tenant.", static o => o.Routing.Rules.Add(new() { Tenants = { "a" }, Targets = { new() } }) },
        { "Routing:Rules:0:Headers:0:Name has 2 conditions; Exact, Prefix and Suffix exclude each other.", static o => o.Routing.Rules.Add(new() { Headers = { new() { Name = "k", Exact = "a", Suffix = "b" } }, Targets = { new() } }) },
        { "Routing:Rules:0:Headers:0:Name must be a metadata key of letters, digits, '-', '_' and '.' that does not end in '-bin'; it is nothing.", static o => o.Routing.Rules.Add(new() { Headers = { new() }, Targets = { new() } }) },
    };

    [Fact]
    public void Methods_are_named_below_their_services_and_not_in_the_defaults()
    {
        RouterOptions options = new();
        options.Defaults.Method("SayHello").WaitForReady = true;
        Assert.Equal(["GrpcRouter:Defaults:Methods must be empty: a method is named below its service; it is SayHello."], options.FindErrors());
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_value_that_cannot_work_is_named_with_its_path(string error, Action<ServicePolicyOptions> set)
    {
        RouterOptions options = new();
        set(options.Service("greet.Greeter"));

        Assert.Equal([$"{Service}:{error}"], options.FindErrors());
    }

    [Fact]
    public void Every_error_is_listed_those_of_defaults_services_and_methods_alike()
    {
        RouterOptions options = new() { MaxMessageSize = -1 };
        options.Defaults.Retry.MaxAttempts = 6;
        options.Service("greet.Greeter").Retry.MaxAttempts = 7;
        options.Service("greet.Greeter").Method("SayHello").Retry.MaxAttempts = 8;

        Assert.Equal(
            [
                "GrpcRouter:MaxMessageSize must be 0 or more; it is -1.",
                "GrpcRouter:Defaults:Retry:MaxAttempts must be 1 to 5; it is 6.",
                $"{Service}:Retry:MaxAttempts must be 1 to 5; it is 7.",
                $"{Service}:Methods:SayHello:Retry:MaxAttempts must be 1 to 5; it is 8.",
            ],
            options.FindErrors());
    }

    [Fact]
    public void The_message_of_the_exception_has_all_errors()
    {
        RouterOptions options = new() { RouterId = "", MaxMetadataSize = -1 };

        string message = Assert.Throws<InvalidOperationException>(options.Validate).Message;

        Assert.Equal(options.FindErrors(), message.Split(Environment.NewLine));
    }

    [Fact]
    public void The_edges_of_the_ranges_are_taken()
    {
        RouterOptions options = new();
        ServicePolicyOptions service = options.Service("greet.Greeter");
        service.LoadBalancing.MinRingSize = service.LoadBalancing.MaxRingSize = 8_388_608;
        service.LoadBalancing.MaglevTableSize = 5_000_011;
        service.LoadBalancing.ErrorPenalty = 0;
        service.LoadBalancing.HashHeader = "X-Key";
        service.Retry.MaxAttempts = 5;
        service.Hedging.MaxAttempts = 1;
        service.Hedging.Delay = TimeSpan.Zero;
        service.RetryBudget.MaxTokens = 1000;
        service.RetryBudget.Ratio = 0;
        service.Routing.Rules.Add(new RouteRuleOptions { Targets = { new() { Weight = 0 }, new() { Weight = 1_000_000 } } });

        Assert.Empty(options.FindErrors());
    }

    [Fact]
    public void Hedging_of_a_method_may_take_the_place_of_its_services_retries()
    {
        RouterOptions options = new();
        options.Service("greet.Greeter").Retry.MaxAttempts = 3;
        options.Service("greet.Greeter").Method("SayHello").Hedging.MaxAttempts = 2;

        Assert.Empty(options.FindErrors());
    }

    [Fact]
    public void The_sizes_of_a_ring_are_compared_across_scopes()
    {
        RouterOptions options = new();
        options.Defaults.LoadBalancing.MinRingSize = 10;
        options.Service("greet.Greeter").LoadBalancing.MaxRingSize = 100;
        options.Service("greet.Greeter").Method("SayHello").LoadBalancing.MinRingSize = 101;

        Assert.Equal([$"{Service}:Methods:SayHello:LoadBalancing:MinRingSize must not be more than MaxRingSize; they are 101 and 100."], options.FindErrors());
    }

    [Fact]
    public void Bounds_and_rules_for_tenants_may_be_where_something_names_the_tenant()
    {
        RouterOptions options = new();
        options.Defaults.CircuitBreaker.MaxCallsPerTenant = 10;
        options.Tenants.Source = TenantSource.Caller;
        options.Service("greet.Greeter").Routing.Rules.Add(new RouteRuleOptions { Tenants = { "a" }, Targets = { new() } });

        Assert.Empty(options.FindErrors());
    }

    [Fact]
    public void A_policy_that_was_registered_is_known()
    {
        List<string> errors = [];
        RouterOptions options = new();
        options.Defaults.LoadBalancing.Policy = "mine";

        PolicyValidator.Check(new OptionScope("GrpcRouter", errors), options, new HashSet<string>(LoadBalancingPolicies.BuiltIn, StringComparer.Ordinal) { "mine" });

        Assert.Empty(errors);
    }

    private static void AddAll(IList<StatusCode> codes, params StatusCode[] more)
    {
        foreach (StatusCode code in more)
        {
            codes.Add(code);
        }
    }
}
