using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests.Registration;

public sealed class RegistrationAuthorizerTests : IRegistrationAuthorizer
{
    private readonly TaskCompletionSource<RegistrationDecision> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<RegistrationRequest> asked = [];

    [Fact]
    public async Task The_application_decides_after_the_rules_and_before_anything_is_kept()
    {
        using Gatehouse gate = Gate();
        ScriptedInstance instance = Say(gate, "greeter");
        RegistrationRequest request = Assert.Single(asked);
        Assert.Equal(("probe.Probe", "one", "token:greeter", "ipv4:192.0.2.1:7", "prod"), (request.Service, request.InstanceId, request.Identity?.ToString(), request.Peer, request.Labels["env"]));
        Assert.Equal(["acme", "beta"], request.Tenants!.Order());
        Assert.Empty(gate.Router.Instances);
        answer.SetResult(RegistrationDecision.AllowedFor(new HashSet<string> { "beta", "gamma" }));
        Assert.NotNull((await instance.NextAsync()).Control?.Registered);
        Assert.Equal(["beta"], Assert.Single(gate.Router.Instances).Tenants!);
    }

    [Fact]
    public async Task What_the_application_denies_is_refused_with_its_reason()
    {
        using Gatehouse gate = Gate();
        answer.SetResult(RegistrationDecision.Denied("No greeters on Sundays."));
        Assert.Equal((ChannelErrorCode.Refused, new Status(StatusCode.PermissionDenied, "No greeters on Sundays.")), await gate.RefusedAsync(Gatehouse.Holder("greeter")));
        Assert.Equal("No greeters on Sundays.", Assert.Single(gate.Audit.Of(AuditEvents.RegistrationRefused)).Reason);
    }

    [Fact]
    public async Task What_the_rules_refuse_is_not_asked_for()
    {
        using Gatehouse gate = Gate();
        Assert.Equal(StatusCode.PermissionDenied, (await gate.RefusedAsync(Gatehouse.Holder("stranger"))).Status.StatusCode);
        Assert.Equal(StatusCode.FailedPrecondition, (await gate.RefusedAsync(Gatehouse.Holder("greeter"), change: static hello => hello.Versions[0] = 9)).Status.StatusCode);
        Assert.Equal(StatusCode.FailedPrecondition, (await gate.RefusedAsync(Gatehouse.Holder("greeter"), id: "")).Status.StatusCode);
        Assert.Empty(asked);
    }

    [Fact]
    public async Task An_application_that_fails_lets_nobody_in_and_may_be_asked_again_soon()
    {
        using Gatehouse gate = Gate();
        answer.SetException(new TimeoutException("the database"));
        (ChannelErrorCode? code, Status status) = await gate.RefusedAsync(Gatehouse.Holder("greeter"));
        Assert.Equal((ChannelErrorCode.Overloaded, StatusCode.Unavailable), (code, status.StatusCode));
        Assert.DoesNotContain("database", status.Detail, StringComparison.Ordinal);
        Assert.Empty(gate.Router.Instances);
    }

    [Fact]
    public async Task An_application_that_takes_too_long_lets_nobody_in()
    {
        using Gatehouse gate = Gate();
        ScriptedInstance instance = Say(gate, "greeter");
        gate.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(StatusCode.Unavailable, (await instance.Closed.Soon()).StatusCode);
        answer.SetResult(RegistrationDecision.Allowed);
        Assert.Empty(gate.Router.Instances);
        Assert.Equal(0, gate.Router.OpenChannels);
    }

    [Fact]
    public async Task An_instance_that_goes_while_the_application_decides_leaves_nothing()
    {
        using Gatehouse gate = Gate();
        ScriptedInstance instance = Say(gate, "greeter");
        instance.Lose();
        await instance.Closed.Soon();
        answer.SetResult(RegistrationDecision.Allowed);
        Assert.Empty(gate.Router.Instances);
        Assert.Equal(0, gate.Router.OpenChannels);
    }

    [Fact]
    public async Task A_router_that_stops_while_the_application_decides_says_so()
    {
        using Gatehouse gate = Gate();
        ScriptedInstance instance = Say(gate, "greeter");
        gate.Hub.BeginShutdown();
        answer.SetResult(RegistrationDecision.Allowed);
        Assert.Equal(StatusCode.Unavailable, (await instance.Closed.Soon()).StatusCode);
        Assert.Empty(gate.Router.Instances);
    }

    [Fact]
    public async Task A_Hello_in_pieces_is_waited_for()
    {
        using Gatehouse gate = Gate();
        answer.SetResult(RegistrationDecision.Allowed);
        ScriptedInstance instance = new ScriptedInstance { Identity = Gatehouse.Holder("greeter") }.Connect(gate.Router);
        foreach (byte piece in InstanceFrame.Of(new InstanceControl { Hello = ScriptedInstance.Hello() }).ToBytes())
        {
            Assert.Empty(asked);
            instance.Send([piece]);
        }

        Assert.NotNull((await instance.NextAsync()).Control?.Registered);
    }

    [Fact]
    public async Task A_channel_that_says_nothing_is_closed_in_time_with_an_application_that_decides_too()
    {
        using Gatehouse gate = Gate();
        ScriptedInstance instance = new ScriptedInstance().Connect(gate.Router);
        gate.Time.Advance(TimeSpan.FromSeconds(13));
        Assert.Equal(StatusCode.FailedPrecondition, (await instance.Closed.Soon()).StatusCode);
    }

    ValueTask<RegistrationDecision> IRegistrationAuthorizer.AuthorizeAsync(RegistrationRequest request, CancellationToken cancellationToken)
    {
        asked.Add(request);
        return new(answer.Task);
    }

    private Gatehouse Gate() => new(
        static registration => registration.Rules.Add(Gatehouse.Rule("greeter", static rule =>
        {
            rule.Tenants.Add("acme");
            rule.Tenants.Add("beta");
        })),
        this);

    private static ScriptedInstance Say(Gatehouse gate, string identity)
    {
        Hello hello = ScriptedInstance.Hello();
        hello.Labels["env"] = "prod";
        ScriptedInstance instance = new ScriptedInstance { Identity = Gatehouse.Holder(identity) }.Connect(gate.Router);
        instance.Send(InstanceFrame.Of(new InstanceControl { Hello = hello }));
        return instance;
    }
}
