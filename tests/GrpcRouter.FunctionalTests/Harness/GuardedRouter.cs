using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GrpcRouter.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.FunctionalTests;

/// <summary>A router that asks who registers, on a plain and on a TLS endpoint, with a key for tokens and an authority for certificates.</summary>
internal sealed class GuardedRouter : IAsyncDisposable
{
    public const string Audience = "edge";
    public const string KeyId = "key-1";

    private readonly List<ProbeBridge> bridges = [];
    private readonly List<Scripted> scripted = [];
    private WebApplication app = null!;

    public TestCertificates Authority { get; } = new();

    public byte[] Secret { get; } = RandomNumberGenerator.GetBytes(32);

    public LogTranscript Logs { get; } = new();

    public RouterHub Hub => app.Services.GetRequiredService<RouterHub>();

    public ServiceRouter Router => Hub.GetRouter<ProbeRouter>();

    public string Plain { get; private set; } = "";

    public string Secure { get; private set; } = "";

    public static async Task<GuardedRouter> StartAsync(
        Action<RegistrationOptions>? change = null,
        TimeProvider? time = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? middleware = null,
        bool logs = true)
    {
        GuardedRouter guarded = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (logs)
        {
            builder.Logging.AddProvider(guarded.Logs).SetMinimumLevel(LogLevel.Trace);
        }

        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        services?.Invoke(builder.Services);
        builder.Services.AddGrpcRouter(options => guarded.Set(options, change));
        X509Certificate2 server = guarded.Authority.Server();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(server, https =>
            {
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (certificate, _, _) => guarded.Authority.IsGood(certificate);
            }));
        });
        guarded.app = builder.Build();
        middleware?.Invoke(guarded.app);
        guarded.app.MapGrpcRouter<ProbeRouter>();
        await guarded.app.StartAsync();
        guarded.Plain = guarded.app.Urls.Single(static url => url.StartsWith("http:", StringComparison.Ordinal));
        guarded.Secure = guarded.app.Urls.Single(static url => url.StartsWith("https:", StringComparison.Ordinal));
        return guarded;
    }

    public static RegistrationRuleOptions Rule(string identity, Action<RegistrationRuleOptions>? change = null)
    {
        RegistrationRuleOptions rule = new() { Identity = identity };
        change?.Invoke(rule);
        return rule;
    }

    /// <summary>Takes other options, as a reload does.</summary>
    public void Change(Action<RegistrationOptions> change)
    {
        RouterOptions options = new();
        Set(options, change);
        Hub.Apply(options);
    }

    public RegistrationTokenSigner Signer(string subject = "greeter", byte[]? secret = null, string keyId = KeyId, TimeProvider? time = null) =>
        RegistrationTokenSigner.FromSecret(keyId, secret ?? Secret, subject, Audience, time: time);

    /// <summary>Makes an instance that shows a token.</summary>
    public ProbeBridge Bridge(RegistrationTokenSigner? signer, Action<BridgeOptions>? change = null) => Make(Plain, options =>
    {
        options.RegistrationToken = signer is null ? null : signer.GetTokenAsync;
        change?.Invoke(options);
    });

    /// <summary>Makes an instance that shows a certificate.</summary>
    public ProbeBridge Bridge(X509Certificate2? certificate, Action<BridgeOptions>? change = null) => Make(Secure, options =>
    {
        options.ConfigureHandler = handler => handler.SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = certificate is null ? null : [certificate],
            RemoteCertificateValidationCallback = (_, server, _, _) => Authority.IsGood((X509Certificate2?)server),
        };
        change?.Invoke(options);
    });

    /// <summary>Opens a registration stream; the test plays the instance from there.</summary>
    public async Task<Scripted> ConnectAsync(string? token)
    {
        Scripted instance = await Scripted.ConnectAsync(Plain, ProbeRouter.Service, request =>
        {
            if (token is not null)
            {
                request.Headers.Authorization = new("Bearer", token);
            }
        });
        scripted.Add(instance);
        return instance;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Scripted instance in scripted)
        {
            await instance.DisposeAsync();
        }

        foreach (ProbeBridge bridge in bridges)
        {
            await bridge.DisposeAsync();
        }

        await app.StopAsync();
        await app.DisposeAsync();
        Authority.Dispose();
    }

    private void Set(RouterOptions options, Action<RegistrationOptions>? change)
    {
        options.RouterId = Audience;

        // Tests move the router's clock in leaps, which no ping could follow.
        options.KeepAliveInterval = TimeSpan.FromDays(1);
        options.Registration.Tokens.Keys.Add(new RegistrationKeyOptions { Id = KeyId, Secret = Convert.ToBase64String(Secret) });
        change?.Invoke(options.Registration);
    }

    private ProbeBridge Make(string address, Action<BridgeOptions> change)
    {
        BridgeOptions options = new() { InstanceId = $"instance-{bridges.Count}", LoggerFactory = Logs };
        change(options);
        ProbeBridge bridge = new(new ProbeService { OnUnary = (_, _) => Task.FromResult(new Chunk { Text = options.InstanceId }) }, address, options);
        bridges.Add(bridge);
        return bridge;
    }
}
