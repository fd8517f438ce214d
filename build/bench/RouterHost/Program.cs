using GrpcRouter;
using GrpcRouter.Bench;

bool policies = args is ["--policies", ..];
if (policies)
{
    args = args[1..];
}

if (HostArguments.TryParse(args) is not { } arguments)
{
    Console.Error.WriteLine($"usage: RouterHost [--policies] {HostArguments.Usage}");
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
});

WebApplication app = builder.Build();
app.MapGrpcRouter<GreeterRouter>();
HostStats.Listen();
await app.RunAsync();
return 0;
