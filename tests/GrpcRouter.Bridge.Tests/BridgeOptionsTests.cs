using Microsoft.Extensions.Options;

namespace GrpcRouter.Bridge.Tests;

public sealed class BridgeOptionsTests
{
    public static TheoryData<string, Action<BridgeOptions>> Wrong => new()
    {
        { "Routers", static options => options.Routers.Clear() },
        { "Routers", static options => options.Routers.Add("router.example:443") },
        { "Routers", static options => options.Routers.Add("ftp://router.example") },
        { "Routers", static options => options.Routers.Add("http://user:secret@router.example") },
        { "Routers", static options => options.Routers.Add("dns:///") },
        { "Routers", static options => options.Routers.Add("dns://server/router.example:443") },
        { "Routers", static options => options.Routers.Add("dns:///router.example:443/base") },
        { "RouterDiscoveryInterval", static options => options.RouterDiscoveryInterval = TimeSpan.Zero },
        { "MaxChannelAge", static options => options.MaxChannelAge = TimeSpan.Zero },
        { "MaxChannelAge", static options => options.MaxChannelAge = TimeSpan.FromDays(45) },
        { "InstanceId", static options => options.InstanceId = " " },
        { "InstanceId", static options => options.InstanceId = new string('x', 129) },
        { "Labels", static options => options.Labels[""] = "x" },
        { "Labels", static options => options.Labels["x"] = new string('x', 257) },
        { "Weight", static options => options.Weight = 0 },
        { "Stripes", static options => options.Stripes = 65 },
        { "MaxReceiveMessageSize", static options => options.MaxReceiveMessageSize = -1 },
        { "MaxSendMessageSize", static options => options.MaxSendMessageSize = -1 },
        { "MaxMetadataSize", static options => options.MaxMetadataSize = 0 },
        { "CallWindow", static options => options.CallWindow = 1_000 },
        { "MaxCallWindow", static options => options.MaxCallWindow = 1_000 },
        { "WindowBudget", static options => options.WindowBudget = -1 },
        { "KeepAliveInterval", static options => options.KeepAliveInterval = TimeSpan.Zero },
        { "KeepAliveTimeout", static options => options.KeepAliveTimeout = TimeSpan.MaxValue },
        { "ConnectTimeout", static options => options.ConnectTimeout = TimeSpan.Zero },
        { "ReconnectMaxBackoff", static options => options.ReconnectMaxBackoff = TimeSpan.FromMilliseconds(1) },
        { "RefusedMaxBackoff", static options => options.RefusedMaxBackoff = TimeSpan.FromMilliseconds(1) },
        { "StopGrace", static options => options.StopGrace = TimeSpan.FromSeconds(-1) },
        { "DrainNotice", static options => options.DrainNotice = TimeSpan.FromSeconds(-1) },
        { "DrainNotice", static options => options.DrainNotice = options.StopGrace + TimeSpan.FromSeconds(1) },
        { "LoadReportInterval", static options => options.LoadReportInterval = TimeSpan.FromSeconds(-1) },
        { "HealthCheckInterval", static options => options.HealthCheckInterval = TimeSpan.FromSeconds(-1) },
        { "LoadSignals", static options => options.LoadSignals[""] = static () => 0 },
        { "Tls.Certificate.KeyPath", static options => options.Tls.Certificate.KeyPath = "tls.key" },
        { "Tls.Trust.Provider", static options => options.Tls.Trust = new TrustOptions { Path = "ca.crt", Provider = static _ => default } },
        { "Tls.ServerName", static options => options.Tls.ServerName = "no host" },
        { "Tls.MinVersion", static options => options.Tls.MinVersion = (TlsVersion)9 },
        { "Tls.ReloadInterval", static options => options.Tls.ReloadInterval = TimeSpan.Zero },
        { "Tls.ExpiryUnhealthy", static options => options.Tls.ExpiryUnhealthy = TimeSpan.FromSeconds(-1) },
        { "Tls, Tls.Certificate", static options => options.Tls = null! },
        { "ResponseCompressionAlgorithm", static options => options.ResponseCompressionAlgorithm = "snappy" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_setting_that_cannot_work_is_named(string name, Action<BridgeOptions> spoil)
    {
        BridgeOptions options = new() { Routers = { "http://localhost:5000" } };
        spoil(options);
        ValidateOptionsResult result = new BridgeOptionsValidator().Validate(null, options);
        Assert.StartsWith(name, Assert.Single(result.Failures!));
    }

    [Fact]
    public void The_defaults_need_only_a_router() =>
        Assert.True(new BridgeOptionsValidator().Validate(null, new BridgeOptions { Routers = { "https://router.example/base" } }).Succeeded);

    [Fact]
    public void A_copy_has_every_setting()
    {
        BridgeOptions options = new() { Tls = { ServerName = "router.example", Certificate = { Path = "tls.crt" }, Trust = { Path = "ca.crt" } } };
        BridgeOptions copy = options.Copy();
        foreach (System.Reflection.PropertyInfo property in typeof(BridgeOptions).GetProperties())
        {
            if (property.PropertyType == typeof(BridgeTlsOptions))
            {
                Assert.Equivalent(property.GetValue(options), property.GetValue(copy), strict: true);
                Assert.NotSame(options.Tls.Certificate, copy.Tls.Certificate);
            }
            else
            {
                Assert.Equal(property.GetValue(options), property.GetValue(copy));
            }
        }
    }

    [Fact]
    public void Changes_after_the_bridge_was_made_do_not_reach_it()
    {
        BridgeOptions options = new();
        _ = new ProbeBridge(new ProbeService(), "http://localhost:5000", options);
        Assert.Empty(options.Routers);
    }
}
