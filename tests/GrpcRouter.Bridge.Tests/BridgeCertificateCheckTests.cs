using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace GrpcRouter.Bridge.Tests;

public sealed class BridgeCertificateCheckTests
{
    [Theory]
    [InlineData(false, HealthStatus.Healthy)]
    [InlineData(true, HealthStatus.Unhealthy)]
    public async Task The_check_fails_without_the_certificate_that_is_set_and_counts_for_no_service(bool isSet, HealthStatus expected)
    {
        string folder = Path.Combine(Path.GetTempPath(), "grpcrouter-no-such-folder");
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();
        builder.Services.AddHealthChecks().AddGrpcRouterBridge();
        builder.Services.AddGrpcRouterBridge(options =>
        {
            options.Routers.Add("https://127.0.0.1:1");
            options.Tls.Certificate.Directory = isSet ? folder : null;
        });
        using IHost host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

        HealthReportEntry entry = Assert.Single(report.Entries).Value;
        Assert.Equal(expected, entry.Status);
        Assert.Equal(isSet, entry.Description!.Contains(folder, StringComparison.Ordinal));
        Assert.Equal(["certificates"], entry.Tags);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }
}
