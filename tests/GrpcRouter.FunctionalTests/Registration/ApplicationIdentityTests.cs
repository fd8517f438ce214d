using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcRouter.FunctionalTests.Registration;

public sealed class ApplicationIdentityTests : IRegistrationAuthorizer
{
    private readonly List<RegistrationRequest> asked = [];

    [Theory]
    [InlineData("greeter", true)]
    [InlineData("stranger", false)]
    public async Task Whom_the_application_has_authenticated_is_an_identity_for_the_rules(string name, bool isAllowed)
    {
        await using GuardedRouter router = await StartAsync();
        await using ProbeBridge bridge = router.Bridge(signer: null, options => options.PrepareRegistration = (request, _) =>
        {
            request.Headers.Add("x-name", name);
            return default;
        });
        Task starting = bridge.StartAsync();
        if (isAllowed)
        {
            await starting.Soon("The bridge did not register.");
            Assert.Equal(new PeerIdentity("names", name).ToString(), Assert.Single(router.Router.Instances).Identity?.ToString());
            Assert.Equal(name, Assert.Single(asked).Identity?.Name);
        }
        else
        {
            await Until.TrueAsync(() => router.Logs.Texts("Refused").Length > 0, router.Logs.ToString);
            Assert.Contains("PermissionDenied: names:stranger may not register functional.Probe.", router.Logs.Texts("Refused")[0], StringComparison.Ordinal);
            Assert.Empty(asked);
        }
    }

    [Fact]
    public async Task A_service_of_the_application_decides_on_each_registration()
    {
        await using GuardedRouter router = await StartAsync();
        await using ProbeBridge bridge = router.Bridge(router.Signer("greeter"), static options => options.Labels["forbidden"] = "yes");
        _ = bridge.StartAsync();
        await Until.TrueAsync(() => router.Logs.Texts("Refused").Length > 0, router.Logs.ToString);
        Assert.Contains("Refused: Not with that label.", router.Logs.Texts("Refused")[0], StringComparison.Ordinal);
        Assert.Empty(router.Router.Instances);
    }

    ValueTask<RegistrationDecision> IRegistrationAuthorizer.AuthorizeAsync(RegistrationRequest request, CancellationToken cancellationToken)
    {
        asked.Add(request);
        return new(request.Labels.ContainsKey("forbidden") ? RegistrationDecision.Denied("Not with that label.") : RegistrationDecision.Allowed);
    }

    private Task<GuardedRouter> StartAsync() => GuardedRouter.StartAsync(
        static registration => registration.Rules.Add(GuardedRouter.Rule("greeter")),
        services: services =>
        {
            services.AddSingleton<IRegistrationAuthorizer>(this);
            services.AddAuthentication("names").AddScheme<AuthenticationSchemeOptions, NameHandler>("names", configureOptions: null);
        },
        middleware: static app => app.UseAuthentication());

    private sealed class NameHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Request.Headers.TryGetValue("x-name", out var name)
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name.ToString())], Scheme.Name)), Scheme.Name))
            : AuthenticateResult.NoResult());
    }
}
