using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests.Registration;

public sealed class CredentialLifeTests
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    // Channels are judged this often with the default options.
    private static readonly TimeSpan Grain = TimeSpan.FromSeconds(2.5);

    [Fact]
    public async Task An_instance_is_asked_for_a_new_channel_before_its_credential_expires()
    {
        using Gatehouse gate = new();
        ScriptedInstance instance = await RegisterAsync(gate);
        gate.Time.Advance(Life - TimeSpan.FromSeconds(70));
        Assert.Empty(await instance.BarrierAsync());
        gate.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("The credential of the instance expires.", Assert.Single(await instance.BarrierAsync()).Control?.Renew?.Reason);
        Assert.Equal(InstanceState.Ready, instance.Channel.State);
        gate.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Empty(await instance.BarrierAsync());
    }

    [Fact]
    public async Task A_channel_that_was_not_renewed_drains_at_the_end_of_its_credential_and_is_cut_after_the_grace()
    {
        using Gatehouse gate = new();
        ScriptedInstance instance = await RegisterAsync(gate);
        (TestLeg running, _) = await StartAsync(gate, instance);
        gate.Time.Advance(Life + Grain);
        Assert.Equal(InstanceState.Draining, instance.Channel.State);
        Assert.NotNull((await instance.NextAsync()).Control?.Renew);
        Assert.Equal(30_000_000ul, (await instance.NextAsync()).Control?.Drain?.GraceUs);
        Assert.Equal(1, gate.Counts.Expired);
        Assert.False(running.Done.IsCompleted);
        gate.Time.Advance(TimeSpan.FromSeconds(30) + Grain);
        Assert.Equal(ChannelErrorCode.Refused, (await instance.RestAsync())[^1].Control?.Error?.Code);
        Assert.Equal(new Status(StatusCode.Unauthenticated, "The credential of the instance has expired."), await instance.Closed);
        Assert.Equal("Unavailable INSTANCE_LOST", await running.OutcomeAsync());
        Assert.Empty(gate.Router.Instances);
    }

    [Fact]
    public async Task A_renewed_channel_lets_the_calls_of_the_old_one_finish()
    {
        using Gatehouse gate = new();
        ScriptedInstance old = await RegisterAsync(gate);
        (TestLeg running, ulong id) = await StartAsync(gate, old);
        gate.Time.Advance(TimeSpan.FromMinutes(9.5));
        ScriptedInstance young = await RegisterAsync(gate, renews: true);
        gate.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(running.Done.IsCompleted);
        Assert.Equal(InstanceState.Ready, young.Channel.State);
        old.Send(InstanceFrame.Message(id, Probe.Unary, [9]) with { End = new CallEnd() });
        Assert.Equal("OK by the instance", await running.OutcomeAsync());
        Assert.Equal(0, gate.Counts.Expired);
    }

    [Fact]
    public async Task What_is_left_on_an_old_channel_is_cut_when_the_new_one_has_expired_too()
    {
        using Gatehouse gate = new();
        ScriptedInstance old = await RegisterAsync(gate);
        (TestLeg running, _) = await StartAsync(gate, old);
        gate.Time.Advance(TimeSpan.FromMinutes(9.5));
        await RegisterAsync(gate, renews: true);
        gate.Time.Advance(Life + Grain);
        Assert.Equal(StatusCode.Unauthenticated, (await old.Closed.Soon()).StatusCode);
        Assert.Equal("Unavailable INSTANCE_LOST", await running.OutcomeAsync());
    }

    [Fact]
    public async Task A_short_credential_is_renewed_in_its_last_fifth()
    {
        using Gatehouse gate = new();
        ScriptedInstance instance = await RegisterAsync(gate, life: TimeSpan.FromSeconds(100));
        gate.Time.Advance(TimeSpan.FromSeconds(75));
        Assert.Empty(await instance.BarrierAsync());
        gate.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull(Assert.Single(await instance.BarrierAsync()).Control?.Renew);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("subject")]
    [InlineData("rule")]
    [InlineData("service")]
    [InlineData("id")]
    [InlineData("label")]
    public async Task Whose_right_is_taken_away_takes_no_more_calls_at_once_and_is_cut_after_the_grace(string what)
    {
        using Gatehouse gate = new(Allow);
        ScriptedInstance instance = await gate.RegisterAsync(Gatehouse.Holder("greeter"), change: static hello => hello.Labels["env"] = "prod");
        (TestLeg running, _) = await StartAsync(gate, instance);
        gate.Change(registration => Revoke(registration, what));
        Assert.Empty(gate.Router.Registry.Pickable);
        Assert.NotNull((await instance.NextAsync()).Control?.Drain);
        Assert.Equal(1, gate.Counts.Revoked);
        gate.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(running.Done.IsCompleted);
        gate.Time.Advance(Grain);
        Assert.Equal(StatusCode.PermissionDenied, (await instance.Closed.Soon()).StatusCode);
        Assert.Equal("Unavailable INSTANCE_LOST", await running.OutcomeAsync());
        Assert.NotEqual(StatusCode.OK, (await gate.RefusedAsync(Gatehouse.Holder("greeter"), change: static hello => hello.Labels["env"] = "prod")).Status.StatusCode);
    }

    [Fact]
    public async Task A_revoked_identity_is_not_saved_by_another_channel_nor_by_another_change()
    {
        using Gatehouse gate = new(Allow);
        ScriptedInstance instance = await gate.RegisterAsync(Gatehouse.Holder("greeter"), change: static hello => hello.Labels["env"] = "prod");
        await StartAsync(gate, instance);
        gate.Change(static registration => Revoke(registration, "rule"));
        for (int i = 0; i < 10; i++)
        {
            gate.Time.Advance(TimeSpan.FromSeconds(1));
            gate.Change(static registration => Revoke(registration, "rule"));
        }

        Assert.Equal(StatusCode.PermissionDenied, (await instance.Closed.Soon()).StatusCode);
        Assert.Equal(1, gate.Counts.Revoked);
    }

    [Fact]
    public async Task A_change_that_takes_nothing_away_leaves_the_channels_alone()
    {
        using Gatehouse gate = new(Allow);
        ScriptedInstance instance = await gate.RegisterAsync(Gatehouse.Holder("greeter"), change: static hello => hello.Labels["env"] = "prod");
        for (int i = 0; i < 3; i++)
        {
            gate.Change(Allow);
            gate.Time.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.Empty(await instance.BarrierAsync());
        Assert.Equal(InstanceState.Ready, instance.Channel.State);
    }

    [Fact]
    public async Task The_life_of_a_channel_is_audited()
    {
        using Gatehouse gate = new(Allow);
        ScriptedInstance instance = await gate.RegisterAsync(Gatehouse.Holder("greeter"), change: static hello => hello.Labels["env"] = "prod");
        gate.Change(static registration => Revoke(registration, "rule"));
        await instance.Closed.Soon();
        Assert.Equal(("one", "token:greeter", "0"), Of(Assert.Single(gate.Audit.Of(AuditEvents.Registered))));
        AuditEntry drain = Assert.Single(gate.Audit.Of(AuditEvents.Draining));
        Assert.Equal(("one", "token:greeter", "token:greeter may not register probe.Probe."), (drain.Instance, drain.Identity, drain.Reason));
        Assert.Equal(("one", "token:greeter", "0"), Of(Assert.Single(gate.Audit.Of(AuditEvents.ChannelClosed))));

        static (string?, string?, string?) Of(AuditEntry entry) => (entry.Instance, entry.Identity, entry.Details?["stripe"]);
    }

    private static void Allow(RegistrationOptions registration) => registration.Rules.Add(Gatehouse.Rule("greeter", static rule =>
    {
        rule.Services.Add("probe.Probe");
        rule.InstanceIds.Add("one");
        rule.Labels["env"] = new RegistrationLabelOptions { Values = { "prod" } };
    }));

    private static void Revoke(RegistrationOptions registration, string what)
    {
        Allow(registration);
        RegistrationRuleOptions rule = registration.Rules[0];
        switch (what)
        {
            case "key": registration.Tokens.Keys[0].Id = "another"; break;
            case "subject": registration.Tokens.Keys[0].Subjects.Add("billing"); break;
            case "rule": rule.Identity = "billing"; break;
            case "service": rule.Services[0] = "probe.Other"; break;
            case "id": rule.InstanceIds[0] = "two"; break;
            default: rule.Labels["env"].Values[0] = "test"; break;
        }
    }

    private static Task<ScriptedInstance> RegisterAsync(Gatehouse gate, bool renews = false, TimeSpan? life = null) =>
        gate.RegisterAsync(Gatehouse.Holder("greeter", gate.Time.GetUtcNow() + (life ?? Life)), change: hello => hello.Renews = renews);

    private static async Task<(TestLeg Leg, ulong Id)> StartAsync(Gatehouse gate, ScriptedInstance instance)
    {
        TestLeg leg = new();
        leg.Done = gate.Router.RunCallAsync(Probe.Unary, leg);
        leg.Send([1]).HalfClose();
        return (leg, (await instance.RequestAsync()).First(static frame => frame.Start is not null).CallId);
    }
}
