using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcRouter.FunctionalTests;

public sealed class ConfigurationTests
{
    private const string Everything = """
        {
          "GrpcRouter": {
            "RouterId": "edge-1",
            "MaxCallDuration": "00:05:00",
            "ReadinessServices": [ "greet.Greeter" ],
            "Defaults": { "WaitForReady": true, "OutlierDetection": { "FailurePercentage": { "Threshold": 50 } } },
            "Services": {
              "greet.Greeter": {
                "LoadBalancing": { "Policy": "ring_hash", "HashHeader": "x-user", "BoundedLoad": 1.25 },
                "CircuitBreaker": { "MaxCalls": 1000 },
                "Routing": {
                  "LabelHeaders": { "x-version": "version" },
                  "Rules": [
                    {
                      "Name": "canary",
                      "Methods": [ "SayHello" ],
                      "Headers": [ { "Name": "x-canary", "Exact": "yes" } ],
                      "Targets": [ { "Labels": { "app.kubernetes.io/version": "2" }, "Weight": 5 }, { "Weight": 95, "FallBackToAny": true } ]
                    }
                  ]
                },
                "Methods": {
                  "SayHello": {
                    "Timeout": "00:00:02.5",
                    "Idempotency": "NoSideEffects",
                    "Retry": { "MaxAttempts": 4, "InitialBackoff": "00:00:00.010", "RetryableStatusCodes": [ "Unavailable", "ResourceExhausted" ] }
                  }
                }
              }
            }
          }
        }
        """;

    [Fact]
    public void Options_of_every_kind_are_read()
    {
        RouterOptions options = Read(Json(Everything));

        Assert.Equal(("edge-1", TimeSpan.FromMinutes(5)), (options.RouterId, options.MaxCallDuration));
        Assert.Equal(["greet.Greeter"], options.ReadinessServices);
        Assert.True(options.Defaults.WaitForReady);
        Assert.Equal(50, options.Defaults.OutlierDetection.FailurePercentage!.Threshold);
        ServicePolicyOptions service = Assert.Single(options.Services, static pair => pair.Key == "greet.Greeter").Value;
        Assert.Equal(("ring_hash", "x-user", 1.25), (service.LoadBalancing.Policy, service.LoadBalancing.HashHeader, service.LoadBalancing.BoundedLoad));
        Assert.Equal(1000, service.CircuitBreaker.MaxCalls);
        Assert.Equal("version", service.Routing.LabelHeaders["X-Version"]);
        RouteRuleOptions rule = Assert.Single(service.Routing.Rules);
        Assert.Equal(("canary", "SayHello", "x-canary", "yes"), (rule.Name, rule.Methods.Single(), rule.Headers.Single().Name, rule.Headers.Single().Exact));
        Assert.Equal([(5, "2", false), (95, null, true)], rule.Targets.Select(static target => (target.Weight, target.Labels.Values.SingleOrDefault(), target.FallBackToAny)));
        CallPolicyOptions method = Assert.Single(service.Methods, static pair => pair.Key == "SayHello").Value;
        Assert.Equal((TimeSpan.FromSeconds(2.5), MethodIdempotency.NoSideEffects), (method.Timeout, method.Idempotency));
        Assert.Equal((4, TimeSpan.FromMilliseconds(10)), (method.Retry.MaxAttempts, method.Retry.InitialBackoff));
        Assert.Equal([StatusCode.Unavailable, StatusCode.ResourceExhausted], method.Retry.RetryableStatusCodes);
    }

    [Fact]
    public void The_command_line_goes_before_files()
    {
        RouterOptions options = Read(Json(Everything).AddCommandLine(["--GrpcRouter:Services:greet.Greeter:Methods:SayHello:Retry:MaxAttempts=2"]));

        Assert.Equal(2, options.Services["greet.Greeter"].Methods["SayHello"].Retry.MaxAttempts);
    }

    [Fact]
    public void Code_goes_before_the_configuration_wherever_it_stands()
    {
        RouterOptions options = Read(Json(Everything), static services =>
        {
            services.Configure<RouterOptions>(static options => options.RouterId = "from code");
            services.AddGrpcRouter(static options => options.Service("greet.Greeter").Method("SayHello").Retry.MaxAttempts = 5);
        });

        CallPolicyOptions method = options.Services["greet.Greeter"].Methods["SayHello"];
        Assert.Equal(("from code", 5, TimeSpan.FromSeconds(2.5)), (options.RouterId, method.Retry.MaxAttempts, method.Timeout));
    }

    [Fact]
    public void Another_section_may_be_named()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Edge:Router:RouterId", "edge-2"), new("GrpcRouter:RouterId", "edge-1")]).Build();
        ServiceCollection services = new();
        services.AddSingleton(configuration);
        services.AddGrpcRouter(configuration.GetSection("Edge:Router"), static options => options.MaxMetadataSize = 1);
        using ServiceProvider provider = services.BuildServiceProvider();

        RouterOptions options = provider.GetRequiredService<IOptions<RouterOptions>>().Value;

        Assert.Equal(("edge-2", 1), (options.RouterId, options.MaxMetadataSize));
    }

    [Fact]
    public void A_group_without_a_value_is_not_set()
    {
        RouterOptions options = Read(Json("""{ "GrpcRouter": { "Defaults": { "OutlierDetection": { "SuccessRate": {}, "FailurePercentage": { "Threshold": 85 } } } } }"""));

        Assert.Null(options.Defaults.OutlierDetection.SuccessRate);
        Assert.NotNull(options.Defaults.OutlierDetection.FailurePercentage);
    }

    [Fact]
    public void No_configuration_is_needed()
    {
        ServiceCollection services = new();
        services.AddGrpcRouter();
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Equal(16 * 1024, provider.GetRequiredService<IOptions<RouterOptions>>().Value.MaxMetadataSize);
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_when_the_options_are_first_used()
    {
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(() => Read(Memory(
            ("MaxMesageSize", "1"),
            ("Services:greet.Greeter:Retrys:MaxAttempts", "2"),
            ("Services:greet.Greeter:Retry:MaxAttempts", "9"),
            ("Services:greet.Greeter:Hedging", "on"),
            ("Random:Seed", "1"),
            ("Nonsense", "1"))));

        Assert.Equal(
            [
                "GrpcRouter:MaxMesageSize is no option; did you mean MaxMessageSize?",
                "GrpcRouter:Nonsense is no option.",
                "GrpcRouter:Random is no option.",
                "GrpcRouter:Services:greet.Greeter:Hedging has options below it and is no value itself.",
                "GrpcRouter:Services:greet.Greeter:Retry:MaxAttempts must be 1 to 5; it is 9.",
                "GrpcRouter:Services:greet.Greeter:Retrys is no option; did you mean Retry?",
            ],
            error.Failures.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("MaxMetadataSize", "16k", "a whole number within its range")]
    [InlineData("MaxMetadataSize", "9999999999", "a whole number within its range")]
    [InlineData("Services:greet.Greeter:Retry:MaxAttempts", "many", "a whole number within its range")]
    [InlineData("Services:greet.Greeter:Retry:BackoffMultiplier", "1,5x", "a number")]
    [InlineData("Services:greet.Greeter:Methods:SayHello:Timeout", "2s", "a time such as 00:00:10")]
    [InlineData("Defaults:WaitForReady", "yes", "true or false")]
    [InlineData("Defaults:Idempotency", "SAFE", "one of Unknown, NoSideEffects, Idempotent")]
    public void A_value_that_cannot_be_read_is_named_with_its_path(string key, string value, string rule)
    {
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(() => Read(Memory((key, value), ("Nonsense", "1"))));

        Assert.Equal([$"GrpcRouter:{key} must be {rule}; it is '{value}'.", "GrpcRouter:Nonsense is no option."], error.Failures.OrderByDescending(static text => text.Length));
    }

    [Fact]
    public void Nothing_can_be_set_below_a_value()
    {
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(() => Read(Memory(("Services:greet.Greeter:Retry:MaxBackoff:Seconds", "2"))));

        Assert.Contains("GrpcRouter:Services:greet.Greeter:Retry:MaxBackoff is a value; nothing can be set below it.", error.Failures);
    }

    [Fact]
    public async Task A_router_that_maps_nothing_does_not_start_with_options_that_cannot_work()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["GrpcRouter:MaxMetadataSize"] = "-1";
        builder.Services.AddGrpcRouter();

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using WebApplication app = builder.Build();
            await app.StartAsync();
        });

        Assert.Equal(["GrpcRouter:MaxMetadataSize must be 0 or more; it is -1."], error.Failures);
    }

    private static IConfigurationBuilder Json(string text) => new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private static IConfigurationBuilder Memory(params (string Key, string Value)[] entries) =>
        new ConfigurationBuilder().AddInMemoryCollection(entries.Select(static entry => KeyValuePair.Create("GrpcRouter:" + entry.Key, (string?)entry.Value)));

    private static RouterOptions Read(IConfigurationBuilder configuration, Action<IServiceCollection>? add = null)
    {
        ServiceCollection services = new();
        services.AddSingleton<IConfiguration>(configuration.Build());
        (add ?? (static services => services.AddGrpcRouter()))(services);
        using ServiceProvider provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<RouterOptions>>().Value;
    }
}
