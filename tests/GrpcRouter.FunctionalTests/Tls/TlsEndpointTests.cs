using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcRouter.FunctionalTests;

public sealed class TlsEndpointTests : TlsTest
{
    private readonly LogGuard logs = new();

    [Fact]
    public async Task An_https_address_takes_the_certificate_of_the_configuration()
    {
        WriteAll();

        await using WebApplication app = await StartAppAsync(
            builder => builder.WebHost.UseUrls("https://127.0.0.1:0"), ("GrpcRouter:Tls:Certificate:Path", Server.File("tls.crt")), ("GrpcRouter:Tls:Certificate:KeyPath", Server.File("tls.key")));

        Assert.Contains("CN=router", await PresentedAsync(app), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_of_Kestrels_configuration_takes_it_too()
    {
        WriteAll();

        await using WebApplication app = await StartAppAsync(
            static _ => { }, ("Kestrel:Endpoints:Grpc:Url", "https://127.0.0.1:0"), ("GrpcRouter:Tls:Certificate:Directory", Server.Path));

        Assert.Contains("CN=router", await PresentedAsync(app), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UseHttps_takes_it_and_an_endpoint_with_a_certificate_of_its_own_keeps_that()
    {
        WriteAll();
        X509Certificate2 own = Authority.Issue("own");

        await using WebApplication app = await StartAppAsync(
            builder => builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.UseHttps());
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(own));
            }),
            ("GrpcRouter:Tls:Certificate:Directory", Server.Path));

        Assert.Equivalent(new[] { "CN=router", "CN=own" }, new[] { await PresentedAsync(app, 0), await PresentedAsync(app, 1) });
    }

    [Fact]
    public async Task Clients_are_asked_for_certificates_also_where_the_endpoint_has_a_certificate_of_its_own()
    {
        WriteAll();
        X509Certificate2 own = Authority.Issue("own");
        await using WebApplication app = await StartAppAsync(
            builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(own))),
            ("GrpcRouter:Tls:ClientTrust:Path", Server.File("ca.crt")));
        logs.Expect("HandshakeFailed");

        Assert.NotEqual(StatusCode.OK, (await CallAsync(app, null)).StatusCode);
        RpcException served = await CallAsync(app, Authority.Issue("caller"));
        Assert.Contains("instance", served.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("no client certificate", logs.Texts("HandshakeFailed")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authorities_that_a_change_of_the_options_brings_count_from_the_next_handshake_on()
    {
        WriteAll();
        X509Certificate2 own = Authority.Issue("own");
        await using WebApplication app = await StartAppAsync(
            builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(own))));
        Assert.Contains("instance", (await CallAsync(app, null)).Status.Detail, StringComparison.Ordinal);

        app.Services.GetRequiredService<RouterHub>().Apply(new RouterOptions { Tls = { ClientTrust = { Path = Server.File("ca.crt") } } });

        Assert.DoesNotContain("instance", (await CallAsync(app, null)).Status.Detail, StringComparison.Ordinal);
        X509Certificate2 certificate = Authority.Issue("caller");
        long start = TimeProvider.System.GetTimestamp();
        while (!(await CallAsync(app, certificate)).Status.Detail.Contains("instance", StringComparison.Ordinal))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Until.Patience, "The authority does not count.");
        }
    }

    [Fact]
    public async Task A_peer_that_looks_whether_the_port_is_open_is_no_line_in_the_log()
    {
        WriteAll();
        await using WebApplication app = await StartAppAsync(
            builder => builder.WebHost.UseUrls("https://127.0.0.1:0"), ("GrpcRouter:Tls:Certificate:Directory", Server.Path));
        using (TcpClient tcp = new())
        {
            await tcp.ConnectAsync("127.0.0.1", new Uri(app.Urls.First()).Port);
        }

        await SpeakPlainlyAsync(app);
        await Until.TrueAsync(() => logs.Texts("HandshakeFailed").Length > 0, "Nothing was logged.");

        Assert.Contains("does not speak TLS", Assert.Single(logs.Texts("HandshakeFailed")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_handshakes_are_logged_up_to_a_bound_and_those_beyond_are_numbered()
    {
        WriteAll();
        ManualTimeProvider time = new();
        await using WebApplication app = await StartAppAsync(
            builder =>
            {
                builder.WebHost.UseUrls("https://127.0.0.1:0");
                builder.Services.AddSingleton<TimeProvider>(time);
            },
            ("GrpcRouter:Tls:Certificate:Directory", Server.Path));
        for (int i = 0; i < 25; i++)
        {
            await SpeakPlainlyAsync(app);
        }

        Assert.Equal(20, logs.Texts("HandshakeFailed").Length);
        time.Advance(TimeSpan.FromSeconds(11));
        await SpeakPlainlyAsync(app);

        Assert.Contains("5 more failed", Assert.Single(logs.Texts("HandshakesFailed")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_keeps_the_router_from_starting_and_is_named()
    {
        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => StartAppAsync(
            builder => builder.WebHost.UseUrls("https://127.0.0.1:0"), ("GrpcRouter:Tls:Certificate:Directory", Server.Path)));

        Assert.Contains(Server.File("tls.crt"), error.Message, StringComparison.Ordinal);
        logs.Expect("CertificatesRefused");
    }

    [Fact]
    public async Task What_cannot_work_is_said_by_its_path()
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAppAsync(
            static _ => { },
            ("GrpcRouter:Tls:ClientCertificates", "Require"),
            ("GrpcRouter:Tls:Certificate:KeyPath", "tls.key"),
            ("GrpcRouter:Tls:ReloadInterval", "00:00:00"),
            ("GrpcRouter:Tls:MinimumVersion", "Tls12")));

        Assert.Contains("GrpcRouter:Tls:ClientCertificates needs ClientTrust", error.Message, StringComparison.Ordinal);
        Assert.Contains("GrpcRouter:Tls:Certificate:KeyPath needs Path", error.Message, StringComparison.Ordinal);
        Assert.Contains("GrpcRouter:Tls:ReloadInterval must be", error.Message, StringComparison.Ordinal);
        Assert.Contains("GrpcRouter:Tls:MinimumVersion is no option", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", "false", 1)]
    [InlineData("http://0.0.0.0:0", "true", 0)]
    [InlineData("http://127.0.0.1:0", "false", 0)]
    public async Task Listening_without_TLS_is_warned_of_where_others_can_reach_it_and_it_is_not_meant(string url, string meant, int warnings)
    {
        await using WebApplication app = await StartAppAsync(builder => builder.WebHost.UseUrls(url), ("GrpcRouter:Tls:CleartextIsMeant", meant));

        Assert.Equal(warnings, logs.Texts("Cleartext").Length);
    }

    [Fact]
    public async Task Certificates_that_no_endpoint_takes_are_warned_of()
    {
        WriteAll();

        await using WebApplication app = await StartAppAsync(
            builder => builder.WebHost.UseUrls("http://127.0.0.1:0"), ("GrpcRouter:Tls:Certificate:Directory", Server.Path));

        Assert.Single(logs.Texts("NotApplied"));
    }

    [Fact]
    public async Task An_endpoint_that_displaces_the_verification_of_clients_is_an_error_in_the_log()
    {
        WriteAll();
        await using WebApplication app = await StartAppAsync(
            builder => builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(
                IPAddress.Loopback, 0, static listen => listen.UseHttps(static https => https.OnAuthenticate = static (_, _) => { }))),
            ("GrpcRouter:Tls:Certificate:Directory", Server.Path),
            ("GrpcRouter:Tls:ClientTrust:Directory", Server.Path));

        await PresentedAsync(app);

        Assert.Single(logs.Texts("Displaced"));
    }

    [Fact]
    public async Task The_health_check_is_degraded_before_a_certificate_expires_and_fails_when_it_has()
    {
        Server.Write(Authority.Issue("router", from: DateTimeOffset.UtcNow.AddDays(-28), until: DateTimeOffset.UtcNow.AddDays(5)));
        await using WebApplication soon = await StartAppAsync(
            builder => builder.WebHost.UseUrls("https://127.0.0.1:0"), ("GrpcRouter:Tls:Certificate:Directory", Server.Path));
        Assert.Equal(HealthStatus.Degraded, await HealthAsync(soon));

        Server.Write(Authority.Issue("router", from: DateTimeOffset.UtcNow.AddDays(-28), until: DateTimeOffset.UtcNow.AddDays(-1)));
        await using WebApplication late = await StartAppAsync(
            builder => builder.WebHost.UseUrls("https://127.0.0.1:0"), ("GrpcRouter:Tls:Certificate:Directory", Server.Path));
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(late));
    }

    private static async Task<HealthStatus> HealthAsync(WebApplication app)
    {
        HealthReport report = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(static check => check.Tags.Contains("certificates"));
        return Assert.Single(report.Entries).Value.Status;
    }

    private async Task<WebApplication> StartAppAsync(Action<WebApplicationBuilder> configure, params (string Key, string Value)[] settings)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel();
        builder.Services.AddRoutingCore();
        builder.Configuration.AddInMemoryCollection(settings.Select(static setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value)));
        builder.WebHost.ConfigureKestrel((context, kestrel) => kestrel.Configure(context.Configuration.GetSection("Kestrel")));
        builder.Logging.AddProvider(logs);
        builder.Services.AddGrpcRouter(static options => options.DrainGrace = TimeSpan.Zero);
        builder.Services.AddHealthChecks().AddGrpcRouter();
        configure(builder);
        WebApplication app = builder.Build();
        app.MapGrpcRouter<ProbeRouter>();
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return app;
    }

    /// <summary>Speaks without TLS until the router has had enough.</summary>
    private static async Task SpeakPlainlyAsync(WebApplication app)
    {
        using TcpClient tcp = new();
        await tcp.ConnectAsync("127.0.0.1", new Uri(app.Urls.First()).Port);
        await tcp.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        try
        {
            while (await tcp.GetStream().ReadAsync(new byte[64]) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Hung up on.
        }
    }

    private static async Task<string> PresentedAsync(WebApplication app, int endpoint = 0)
    {
        using TcpClient tcp = new();
        await tcp.ConnectAsync("127.0.0.1", new Uri(app.Urls.ElementAt(endpoint)).Port);
        await using SslStream ssl = new(tcp.GetStream());
        await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        });
        return ssl.RemoteCertificate!.Subject;
    }

    private async Task<RpcException> CallAsync(WebApplication app, X509Certificate2? certificate)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(app.Urls.First(), Caller(certificate, Authority));
        return await Assert.ThrowsAsync<RpcException>(async () => await new Probe.ProbeClient(channel).UnaryAsync(new Chunk()));
    }
}
