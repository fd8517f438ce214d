using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GrpcRouter.FunctionalTests;

/// <summary>Which of several settings counts: a line of the table in docs/configuration.md each.</summary>
public sealed class PrecedenceTests
{
    private const string Service = "Services:declaring.Service";

    [Fact]
    public void The_proto_counts_where_nothing_is_configured()
    {
        (int? attempts, TimeSpan? timeout) = Plan();

        Assert.Equal((2, TimeSpan.FromSeconds(2)), (attempts, timeout));
    }

    [Fact]
    public void The_configuration_goes_before_the_proto()
    {
        (int? attempts, TimeSpan? timeout) = Plan(null, ($"{Service}:Retry:MaxAttempts", "3"), ($"{Service}:Methods:Get:Timeout", "00:00:03"));

        Assert.Equal((3, TimeSpan.FromSeconds(3)), (attempts, timeout));
    }

    [Fact]
    public void Code_goes_before_the_configuration()
    {
        (int? attempts, TimeSpan? timeout) = Plan(
            static router => router.ConfigureService<DeclaringRouter>(static service => service.Retry.MaxAttempts = 4),
            ($"{Service}:Retry:MaxAttempts", "3"),
            ($"{Service}:Methods:Get:Timeout", "00:00:03"));

        Assert.Equal((4, TimeSpan.FromSeconds(3)), (attempts, timeout));
    }

    [Fact]
    public void Of_two_calls_in_code_the_later_one_counts()
    {
        (int? attempts, _) = Plan(static router => router
            .ConfigureMethod("declaring.Service", "Get", static method => method.Retry.MaxAttempts = 3)
            .ConfigureMethod<DeclaringRouter>("Get", static method => method.Retry.MaxAttempts = 5));

        Assert.Equal(5, attempts);
    }

    [Fact]
    public void A_method_goes_before_its_service()
    {
        Assert.Equal(5, Plan(null, ($"{Service}:Methods:Get:Retry:MaxAttempts", "5"), ($"{Service}:Retry:MaxAttempts", "3")).Attempts);

        // Also what the .proto says of the method before what is configured for the service.
        Assert.Equal(TimeSpan.FromSeconds(2), Plan(null, ($"{Service}:Timeout", "00:00:09")).Timeout);
    }

    [Fact]
    public void A_service_goes_before_the_defaults()
    {
        (int? attempts, _) = Plan(static router => router.ConfigureDefaults(static defaults => defaults.Retry.MaxAttempts = 5));

        Assert.Equal(2, attempts);
    }

    [Fact]
    public void Each_option_is_taken_by_itself()
    {
        using ServiceProvider provider = Build(
            static router => router.ConfigureMethod<DeclaringRouter>("Get", static method => method.Retry.MaxBackoff = TimeSpan.FromSeconds(7)),
            ("Defaults:Retry:InitialBackoff", "00:00:05"));

        RetryPlan retry = provider.GetRequiredService<RouterHub>().GetRouter<DeclaringRouter>().Plan[DeclaringRouter.Get].Retry!;

        Assert.Equal((2, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(7)), (retry.MaxAttempts, retry.InitialBackoff, retry.MaxBackoff));
    }

    [Fact]
    public void A_method_that_is_not_there_cannot_be_set_by_its_router()
    {
        IGrpcRouterBuilder router = new ServiceCollection().AddGrpcRouter();

        ArgumentException error = Assert.Throws<ArgumentException>(() => router.ConfigureMethod<ProbeRouter>("Unry", static _ => { }));

        Assert.StartsWith("functional.Probe has no method 'Unry'; did you mean Unary?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_are_set_group_by_group()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        #region code
        builder.Services.AddGrpcRouter(options => options.MaxMetadataSize = 32 * 1024)
            .ConfigureDefaults(defaults => defaults.LoadBalancing.Policy = LoadBalancingPolicies.LeastRequest)
            .ConfigureService<ProbeRouter>(service => service.Timeout = TimeSpan.FromSeconds(10))
            .ConfigureMethod<ProbeRouter>("Unary", method => method.Retry.MaxAttempts = 3);
        #endregion
        using ServiceProvider provider = builder.Services.BuildServiceProvider();

        RouterOptions options = provider.GetRequiredService<IOptions<RouterOptions>>().Value;

        ServicePolicyOptions service = options.Services["functional.Probe"];
        Assert.Equal((32 * 1024, "least_request"), (options.MaxMetadataSize, options.Defaults.LoadBalancing.Policy));
        Assert.Equal((TimeSpan.FromSeconds(10), 3), (service.Timeout, service.Methods["Unary"].Retry.MaxAttempts));
    }

    [Theory]
    [InlineData("Production", "2", "00:00:09")]
    [InlineData("Staging", "3", "00:00:09")]
    [InlineData("Development", "2", "00:00:01")]
    public async Task A_file_for_the_environment_goes_before_the_one_for_all(string environment, string attempts, string duration)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("grpcrouter-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "appsettings.json"), """{ "GrpcRouter": { "MaxCallDuration": "00:00:09", "Defaults": { "Retry": { "MaxAttempts": 2 } } } }""");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "appsettings.Staging.json"), """{ "GrpcRouter": { "Defaults": { "Retry": { "MaxAttempts": 3 } } } }""");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "appsettings.Development.json"), """{ "GrpcRouter": { "MaxCallDuration": "00:00:01" } }""");
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = folder.FullName, EnvironmentName = environment });
            builder.Services.AddGrpcRouter();
            await using WebApplication app = builder.Build();

            RouterOptions options = app.Services.GetRequiredService<IOptions<RouterOptions>>().Value;

            Assert.Equal((attempts, duration), ($"{options.Defaults.Retry.MaxAttempts}", $"{options.MaxCallDuration}"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (int? Attempts, TimeSpan? Timeout) Plan(Action<IGrpcRouterBuilder>? code = null, params (string Key, string? Value)[] configured)
    {
        using ServiceProvider provider = Build(code, configured);
        MethodPlan plan = provider.GetRequiredService<RouterHub>().GetRouter<DeclaringRouter>().Plan[DeclaringRouter.Get];
        return (plan.Retry?.MaxAttempts, plan.Timeout);
    }

    private static ServiceProvider Build(Action<IGrpcRouterBuilder>? code, params (string Key, string? Value)[] configured)
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Add(new ChangingSource(configured)).Build());
        code?.Invoke(services.AddGrpcRouter());
        if (code is null)
        {
            services.AddGrpcRouter();
        }

        return services.BuildServiceProvider();
    }
}
