using GrpcRouter;
using GrpcRouter.Bench;

bool policies = args is ["--policies", ..];
bool secured = args is ["--secured", ..];
if (policies || secured)
{
    args = args[1..];
}

if (HostArguments.TryParse(args) is not { } arguments)
{
    Console.Error.WriteLine($"usage: RouterHost [--policies | --secured] {HostArguments.Usage}");
    return 2;
}

WebApplicationBuilder builder = WebApplication.CreateBuilder();
builder.WebHost.ConfigureKestrel(options => arguments.Listen(options));
builder.Services.AddGrpcRouter(options =>
{
    if (policies)
    {
        ServicePolicyOptions all = options.Defaults;
        all.LoadBalancing.Policy = LoadBalancingPolicies.PowerOfTwo;
        all.CircuitBreaker.MaxCalls = 100_000;
        all.CircuitBreaker.MaxCallsPerInstance = 100_000;
        all.OutlierDetection.FailurePercentage = new FailurePercentageEjectionOptions();
        all.Retry.MaxAttempts = 3;
    }

    if (secured)
    {
        // All that a call is asked for, and limits high enough to refuse nothing: what they cost is measured.
        options.ApiKeys["load"] = new ApiKeyOptions { Secrets = { BenchKey.Hash } };
        options.Defaults.AuthorizationPolicy = AuthorizationPolicies.Authenticated;
        options.RateLimits.Add(new RateLimitOptions { Name = "address", Partition = RateLimitPartition.Ip, Permits = 1_000_000 });
        options.RateLimits.Add(new RateLimitOptions { Name = "method", Partition = RateLimitPartition.Method, Limiter = RateLimiters.Concurrency, Permits = 100_000 });
        options.Defaults.MaxRequestMessageSize = 64 * 1024;
        options.Defaults.MaxResponseMessageSize = 64 * 1024;
        options.Peers.Callers.AllowedNetworks.Add("127.0.0.0/8");
        options.Peers.MaxCallsPerConnection = 10_000;
    }
});

WebApplication app = builder.Build();
app.MapGrpcRouter<GreeterRouter>();
HostStats.Listen();
await app.RunAsync();
return 0;
