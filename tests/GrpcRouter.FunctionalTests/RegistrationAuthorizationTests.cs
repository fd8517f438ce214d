using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcRouter.FunctionalTests;

public sealed class RegistrationAuthorizationTests
{
    private const string Key = "x-registration-key";

    [Fact]
    public async Task An_instance_without_the_right_credentials_is_refused_and_never_picked()
    {
        await using WebApplication app = await StartAsync();
        ServiceRouter router = app.Services.GetRequiredService<RouterHub>().GetRouter<ProbeRouter>();
        LogGuard logs = new();
        logs.Expect("Refused");
        await using ProbeBridge stranger = Bridge(app, "stranger", logs, key: "wrong");
        Task starting = stranger.StartAsync();
        await Until.TrueAsync(() => logs.Texts("Refused").Length > 0, () => "The stranger was not refused.");
        Assert.Empty(router.Instances);

        await using ProbeBridge member = Bridge(app, "member", logs, key: "probe");
        await member.StartAsync().Soon("The bridge did not register.");
        using GrpcChannel channel = RouterChannel.ForAddress(app.Urls.Single());
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal("member", (await new Probe.ProbeClient(channel).UnaryAsync(new Chunk())).Text);
        }

        Assert.False(starting.IsCompleted);
        await member.StopAsync();
        await stranger.StopAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        logs.Verify();
    }

    private static ProbeBridge Bridge(WebApplication app, string name, LogGuard logs, string key) => new(
        new ProbeService { OnUnary = (_, _) => Task.FromResult(new Chunk { Text = name }) },
        app.Urls.Single(),
        new BridgeOptions
        {
            InstanceId = name,
            LoggerFactory = logs,
            PrepareRegistration = (request, _) =>
            {
                request.Headers.Add(Key, key);
                return default;
            },
        });

    private static async Task<WebApplication> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddGrpcRouter();
        builder.Services.AddAuthentication("key").AddScheme<AuthenticationSchemeOptions, KeyHandler>("key", configureOptions: null);
        builder.Services.AddAuthorization();
        WebApplication app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();

        // The claim names the service, so that a key for another service registers nothing here.
        app.MapGrpcRouter<ProbeRouter>().Registration.RequireAuthorization(static policy => policy.RequireClaim("service", "probe"));
        await app.StartAsync();
        return app;
    }

    private sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            ClaimsIdentity identity = new([new Claim("service", Request.Headers[Key].ToString())], Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}
