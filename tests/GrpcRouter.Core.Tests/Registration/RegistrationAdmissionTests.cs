using System.Security.Cryptography.X509Certificates;
using Grpc.Core;

namespace GrpcRouter.Core.Tests.Registration;

public sealed class RegistrationAdmissionTests
{
    [Fact]
    public async Task Without_keys_and_rules_everyone_is_let_in_and_tokens_are_not_looked_at()
    {
        using Bench bench = new();
        RegistrationAdmission admission = await bench.Router.AdmitRegistrationAsync(new RegistrationCredential { Token = "of another system" }, new ChannelPeer("unix:"));
        Assert.True(admission.IsAdmitted);
        Assert.Null(admission.Identity);
    }

    [Fact]
    public async Task A_good_token_is_let_in_once()
    {
        using Gatehouse gate = new();
        string token = gate.Tokens.Make();
        Assert.Equal("greeter", (await gate.AdmitAsync(token)).Identity?.Name);
        RegistrationAdmission again = await gate.AdmitAsync(token);
        Assert.Equal(new Status(StatusCode.Unauthenticated, "The registration token was used before; each registration needs one of its own."), again.Status);
        Assert.Equal((1, 1), (gate.Counts.Replayed, gate.Counts.Unauthenticated));
    }

    [Fact]
    public async Task A_token_for_more_than_one_use_is_let_in_again()
    {
        using Gatehouse gate = new(static registration => registration.Tokens.OneUse = false);
        string token = gate.Tokens.Make();
        Assert.True((await gate.AdmitAsync(token)).IsAdmitted);
        Assert.True((await gate.AdmitAsync(token)).IsAdmitted);
    }

    [Fact]
    public async Task No_token_is_taken_while_none_can_be_remembered()
    {
        using Gatehouse gate = new(static registration => registration.Tokens.ReplayCacheSize = 2);
        Assert.True((await gate.AdmitAsync(gate.Tokens.Make())).IsAdmitted);
        Assert.True((await gate.AdmitAsync(gate.Tokens.Make())).IsAdmitted);
        Assert.Equal(StatusCode.ResourceExhausted, (await gate.AdmitAsync(gate.Tokens.Make())).Status.StatusCode);
        Assert.Equal(1, gate.Counts.Exhausted);
        gate.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.True((await gate.AdmitAsync(gate.Tokens.Make())).IsAdmitted);
    }

    [Fact]
    public async Task A_used_token_stays_used_when_the_options_change()
    {
        using Gatehouse gate = new();
        string token = gate.Tokens.Make();
        Assert.True((await gate.AdmitAsync(token)).IsAdmitted);
        gate.Change(static registration => registration.AttemptsPerMinute = 100);
        Assert.False((await gate.AdmitAsync(token)).IsAdmitted);
    }

    [Fact]
    public async Task Nobody_is_refused_counted_and_audited()
    {
        using Gatehouse gate = new();
        RegistrationAdmission admission = await gate.AdmitAsync(token: null);
        Assert.Equal(StatusCode.Unauthenticated, admission.Status.StatusCode);
        Assert.Equal(1, gate.Counts.Unauthenticated);
        AuditEntry entry = Assert.Single(gate.Audit.Of(AuditEvents.RegistrationRefused));
        Assert.Equal(("probe.Probe", "ipv4:192.0.2.1:7", admission.Status.Detail), (entry.Service, entry.Peer, entry.Reason));
    }

    [Fact]
    public async Task Whoever_has_no_rule_is_refused_before_the_channel_begins()
    {
        using Gatehouse gate = new(static registration => registration.Rules.Add(Gatehouse.Rule("billing")));
        RegistrationAdmission admission = await gate.AdmitAsync(gate.Tokens.Make("greeter"));
        Assert.Equal(new Status(StatusCode.PermissionDenied, "token:greeter may not register probe.Probe."), admission.Status);
        Assert.Equal("token:greeter", Assert.Single(gate.Audit.Of(AuditEvents.RegistrationRefused)).Identity);
        Assert.Equal(1, gate.Counts.Denied);
    }

    [Fact]
    public async Task Where_it_is_said_so_those_without_a_credential_are_let_in_and_those_with_a_bad_one_are_not()
    {
        using Gatehouse gate = new(static registration => registration.RequireIdentity = false);
        Assert.True((await gate.AdmitAsync(token: null)).IsAdmitted);
        Assert.False((await gate.AdmitAsync("bad")).IsAdmitted);
    }

    [Fact]
    public async Task A_certificate_that_has_expired_by_the_routers_clock_is_refused()
    {
        using TestCertificates authority = new();
        using Gatehouse gate = new();
        DateTimeOffset now = gate.Time.GetUtcNow();
        X509Certificate2 certificate = authority.Workload("spiffe://example.org/greeter", ends: now.AddMinutes(1));
        RegistrationCredential credential = new() { Certificate = certificate };
        Assert.Equal("spiffe://example.org/greeter", (await gate.Router.AdmitRegistrationAsync(credential, new ChannelPeer("unix:"))).Identity?.Name);
        gate.Time.Advance(TimeSpan.FromMinutes(1));
        RegistrationAdmission late = await gate.Router.AdmitRegistrationAsync(credential, new ChannelPeer("unix:"));
        Assert.Equal(new Status(StatusCode.Unauthenticated, "The client certificate has expired."), late.Status);
    }

    [Fact]
    public async Task A_token_goes_before_a_certificate_and_both_before_the_application()
    {
        using TestCertificates authority = new();
        using Gatehouse gate = new();
        RegistrationCredential all = new() { Token = gate.Tokens.Make("by token"), Certificate = authority.Issue("CN=x"), Application = new PeerIdentity("app", "y") };
        Assert.Equal("by token", await NameAsync(all));
        Assert.Equal("cn:x", await NameAsync(all with { Token = null }));
        Assert.Equal("y", await NameAsync(all with { Token = null, Certificate = null }));
        Assert.Null(await NameAsync(all with { Token = "bad" }));

        async Task<string?> NameAsync(RegistrationCredential credential) => (await gate.Router.AdmitRegistrationAsync(credential, new ChannelPeer("unix:"))).Identity?.Name;
    }

    [Fact]
    public async Task An_address_that_tries_too_often_is_turned_away_unheard_and_others_are_not()
    {
        using Gatehouse gate = new(static registration => registration.AttemptsPerMinute = 5);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(StatusCode.Unauthenticated, (await gate.AdmitAsync("bad")).Status.StatusCode);
        }

        Assert.Equal(StatusCode.ResourceExhausted, (await gate.AdmitAsync(gate.Tokens.Make())).Status.StatusCode);
        Assert.True((await gate.AdmitAsync(gate.Tokens.Make(), "192.0.2.2")).IsAdmitted);
        Assert.Equal(5, gate.Audit.Of(AuditEvents.RegistrationRefused).Length);
        gate.Time.Advance(TimeSpan.FromSeconds(12));
        Assert.True((await gate.AdmitAsync(gate.Tokens.Make())).IsAdmitted);
    }

    [Fact]
    public async Task A_network_of_IPv6_addresses_counts_as_one()
    {
        using Gatehouse gate = new(static registration => registration.AttemptsPerMinute = 1);
        Assert.True((await gate.AdmitAsync(gate.Tokens.Make(), "2001:db8::1")).IsAdmitted);
        Assert.Equal(StatusCode.ResourceExhausted, (await gate.AdmitAsync(gate.Tokens.Make(), "2001:db8::ffff:2")).Status.StatusCode);
        Assert.True((await gate.AdmitAsync(gate.Tokens.Make(), "2001:db8:0:1::1")).IsAdmitted);
    }

    [Fact]
    public async Task An_identity_that_registers_too_often_is_turned_away()
    {
        using Gatehouse gate = new(static registration => registration.Rules.Add(Gatehouse.Rule("**", static rule => rule.RegistrationsPerMinute = 2)));
        Assert.True((await gate.AdmitAsync(gate.Tokens.Make("a"))).IsAdmitted);
        Assert.True((await gate.AdmitAsync(gate.Tokens.Make("a"))).IsAdmitted);
        Assert.Equal(StatusCode.ResourceExhausted, (await gate.AdmitAsync(gate.Tokens.Make("a"))).Status.StatusCode);
        Assert.True((await gate.AdmitAsync(gate.Tokens.Make("b"))).IsAdmitted);
    }
}
