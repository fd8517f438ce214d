using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests.Registration;

public sealed class RegistrationRuleTests
{
    [Fact]
    public async Task The_first_rule_for_identity_and_service_decides_alone()
    {
        using Gatehouse gate = new(static registration =>
        {
            registration.Rules.Add(Gatehouse.Rule("a", static rule => rule.Services.Add("other.*")));
            registration.Rules.Add(Gatehouse.Rule("a", static rule => rule.Scheme = PeerIdentitySchemes.Certificate));
            registration.Rules.Add(Gatehouse.Rule("a", static rule => rule.InstanceIds.Add("a-*")));
            registration.Rules.Add(Gatehouse.Rule("**"));
        });
        await gate.RegisterAsync(Gatehouse.Holder("a"), "a-1");
        Assert.Equal("token:a may not have an instance of the id b-1.", (await gate.RefusedAsync(Gatehouse.Holder("a"), "b-1")).Status.Detail);
        await gate.RegisterAsync(Gatehouse.Holder("b"), "b-1");
    }

    public static TheoryData<string, string> Labels => new()
    {
        { "env=test", "may not have this value of the label env" },
        { "zone=eu-1", "must say its label env" },
        { "env=prod zone=us-1", "may not have this value of the label zone" },
        { "env=prod secret-zone=1", "may not have the label secret-zone" },
    };

    [Theory]
    [MemberData(nameof(Labels))]
    public async Task Labels_that_the_rule_does_not_allow_refuse_the_whole_registration(string labels, string reason)
    {
        using Gatehouse gate = new(ByLabels);
        (ChannelErrorCode? code, Status status) = await gate.RefusedAsync(Gatehouse.Holder("a"), change: hello => Set(hello, labels));
        Assert.Equal((ChannelErrorCode.Refused, new Status(StatusCode.PermissionDenied, $"token:a {reason}.")), (code, status));
        Assert.Empty(gate.Router.Instances);
        Assert.Empty(gate.Router.Registry.Instances);
        Assert.Equal(1, gate.Counts.Denied);
        Assert.Equal("one", Assert.Single(gate.Audit.Of(AuditEvents.RegistrationRefused)).Instance);
        await gate.RegisterAsync(Gatehouse.Holder("a"), change: static hello => Set(hello, "env=prod zone=eu-1"));
        await gate.RegisterAsync(Gatehouse.Holder("a"), "two", static hello => Set(hello, "env=prod"));
    }

    [Fact]
    public async Task Tenants_are_those_of_the_rule_and_without_any_all_are_served()
    {
        using Gatehouse gate = new(static registration =>
        {
            registration.Rules.Add(Gatehouse.Rule("a", static rule => rule.Tenants.Add("acme")));
            registration.Rules.Add(Gatehouse.Rule("**"));
        });
        InstanceChannel acme = (await gate.RegisterAsync(Gatehouse.Holder("a"), "a")).Channel;
        InstanceChannel all = (await gate.RegisterAsync(Gatehouse.Holder("b"), "b")).Channel;
        Assert.Equal(["acme"], acme.Tenants!);
        Assert.Equal(["acme"], acme.Instance.Tenants!);
        Assert.Equal((true, false, false), (acme.Serves("acme"), acme.Serves("other"), acme.Serves(tenant: null)));
        Assert.Null(all.Tenants);
        Assert.True(all.Serves(tenant: null));
    }

    [Fact]
    public async Task Tenants_that_a_change_gives_and_takes_count_at_once_and_one_that_changes_none_touches_no_list()
    {
        using Gatehouse gate = new(static registration => Grant(registration, "acme", "beta"));
        InstanceChannel channel = (await gate.RegisterAsync(Gatehouse.Holder("a"))).Channel;
        long version = gate.Router.Registry.Version;
        gate.Change(static registration => Grant(registration, "beta", "acme"));
        Assert.Equal(version, gate.Router.Registry.Version);
        gate.Change(static registration => Grant(registration, "beta", "gamma"));
        Assert.Equal((false, true, true, false), (channel.Serves("acme"), channel.Serves("beta"), channel.Serves("gamma"), channel.Serves(tenant: null)));
        gate.Change(static registration => Grant(registration));
        Assert.True(channel.Serves(tenant: null));
        Assert.Equal(InstanceState.Ready, channel.State);
    }

    [Fact]
    public async Task An_identity_has_as_many_instances_and_channels_as_its_rule_says()
    {
        using Gatehouse gate = new(static registration => registration.Rules.Add(Gatehouse.Rule("**", static rule => (rule.MaxInstances, rule.MaxChannels) = (2, 3))));
        PeerIdentity a = Gatehouse.Holder("a");
        await gate.RegisterAsync(a, "one");
        await gate.RegisterAsync(a, "two");
        (ChannelErrorCode? code, Status status) = await gate.RefusedAsync(a, "three");
        Assert.Equal((ChannelErrorCode.Overloaded, StatusCode.ResourceExhausted), (code, status.StatusCode));
        await gate.RegisterAsync(a, "two", static hello => hello.Stripe = 1);
        Assert.Equal(StatusCode.ResourceExhausted, (await gate.RefusedAsync(a, "two", static hello => hello.Stripe = 2)).Status.StatusCode);
        await gate.RegisterAsync(Gatehouse.Holder("b"), "three");

        // A renewal, and a restart, take the place of what was there.
        await gate.RegisterAsync(a, "two", static hello => (hello.Stripe, hello.Renews) = (1, true));
        await gate.RegisterAsync(a, "one", static hello => hello.Epoch = 2);
        Assert.Equal(2, gate.Counts.Exhausted);
    }

    [Fact]
    public async Task Nobody_registers_at_a_front_end_that_did_not_ask()
    {
        using Gatehouse gate = new();
        (ChannelErrorCode? code, Status status) = await gate.RefusedAsync(identity: null);
        Assert.Equal((ChannelErrorCode.Refused, StatusCode.Unauthenticated), (code, status.StatusCode));
    }

    [Theory]
    [InlineData("grpc.health.v1.Health")]
    [InlineData("grpc.reflection.v1.ServerReflection")]
    [InlineData("grpcrouter.v1.Admin")]
    [InlineData("*")]
    [InlineData("probe.*")]
    public async Task Another_service_than_the_channels_is_refused_whatever_it_is(string service)
    {
        using Gatehouse gate = new(static registration => registration.Rules.Add(Gatehouse.Rule("**")));
        Assert.Equal(StatusCode.FailedPrecondition, (await gate.RefusedAsync(Gatehouse.Holder("a"), change: hello => hello.Service = service)).Status.StatusCode);
        Assert.Empty(gate.Router.Instances);
    }

    [Fact]
    public void A_router_of_a_service_that_routers_answer_themselves_cannot_be_made()
    {
        using RouterHub hub = new(new RouterOptions());
        Assert.Contains(
            "grpc.health.v1.Health",
            Assert.Throws<InvalidOperationException>(() => new AnyRouter(hub, new RoutedService("grpc.health.v1.Health"))).Message,
            StringComparison.Ordinal);
    }

    private static void Grant(RegistrationOptions registration, params string[] tenants) => registration.Rules.Add(Gatehouse.Rule("**", rule =>
    {
        foreach (string tenant in tenants)
        {
            rule.Tenants.Add(tenant);
        }
    }));

    private static void ByLabels(RegistrationOptions registration) => registration.Rules.Add(Gatehouse.Rule("a", static rule =>
    {
        rule.OtherLabels = false;
        rule.Labels["env"] = new RegistrationLabelOptions { Required = true, Values = { "prod", "stage" } };
        rule.Labels["zone"] = new RegistrationLabelOptions { Values = { "eu-*" } };
    }));

    private static void Set(Hello hello, string labels)
    {
        foreach (string[] label in labels.Split(' ').Select(static label => label.Split('=')))
        {
            hello.Labels[label[0]] = label[1];
        }
    }

    private sealed class AnyRouter(RouterHub hub, RoutedService service) : ServiceRouter(hub, service);
}
