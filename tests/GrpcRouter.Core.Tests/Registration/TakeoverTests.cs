using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests.Registration;

public sealed class TakeoverTests
{
    [Fact]
    public async Task An_id_that_another_identity_holds_is_refused_and_its_holder_goes_on()
    {
        using Gatehouse gate = new();
        ScriptedInstance holder = await gate.RegisterAsync(Gatehouse.Holder("a"));
        foreach (ulong epoch in new ulong[] { 0, 1, ulong.MaxValue })
        {
            (ChannelErrorCode? code, Status status) = await gate.RefusedAsync(Gatehouse.Holder("b"), change: hello => (hello.Epoch, hello.Stripe) = (epoch, (uint)(epoch & 1)));
            Assert.Equal((ChannelErrorCode.Refused, new Status(StatusCode.PermissionDenied, "Instance one is registered by another identity.")), (code, status));
        }

        Assert.Equal((3, 3), (gate.Counts.TakeoversRefused, gate.Counts.Denied));
        Assert.Same(holder.Channel, Assert.Single(gate.Router.Registry.Pickable));
        holder.Hangup();
        await holder.Closed;
        await gate.RegisterAsync(Gatehouse.Holder("b"));
    }

    [Fact]
    public async Task A_name_that_was_proved_in_another_way_is_another_identity()
    {
        using Gatehouse gate = new(static registration => registration.RequireIdentity = false);
        await gate.RegisterAsync(Gatehouse.Holder("a"));
        Assert.Equal(StatusCode.PermissionDenied, (await gate.RefusedAsync(new PeerIdentity(PeerIdentitySchemes.Certificate, "a"))).Status.StatusCode);
        Assert.Equal(StatusCode.PermissionDenied, (await gate.RefusedAsync(identity: null, change: static hello => hello.Epoch = 9)).Status.StatusCode);
        await gate.RegisterAsync(identity: null, "two");
        Assert.Equal(StatusCode.PermissionDenied, (await gate.RefusedAsync(Gatehouse.Holder("a"), "two")).Status.StatusCode);
    }

    [Fact]
    public async Task Two_holders_that_take_turns_a_hundred_times_answer_every_call_once()
    {
        using Gatehouse gate = new();
        PeerIdentity identity = Gatehouse.Holder("a");
        List<ScriptedInstance> holders = [];
        List<(TestLeg Leg, ulong Id)> calls = [];
        for (ulong epoch = 1; epoch <= 100; epoch++)
        {
            ScriptedInstance holder = await gate.RegisterAsync(identity, change: hello => hello.Epoch = epoch);
            TestLeg leg = new();
            Task done = gate.Router.RunCallAsync(Probe.Unary, leg);
            leg.Done = done;
            leg.Send([1]).HalfClose();
            holders.Add(holder);
            calls.Add((leg, (await holder.RequestAsync())[0].CallId));

            // The one before is fenced: what it says about its call comes too late.
            if (epoch > 1)
            {
                ScriptedInstance old = holders[^2];
                Assert.Equal("Unavailable INSTANCE_LOST", await calls[^2].Leg.OutcomeAsync());
                Assert.Equal(ChannelErrorCode.Replaced, (await old.RestAsync())[^1].Control?.Error?.Code);
            }
        }

        (TestLeg last, ulong id) = calls[^1];
        holders[^1].Send(InstanceFrame.Message(id, Probe.Unary, [9]) with { End = new CallEnd() });
        Assert.Equal("OK by the instance", await last.OutcomeAsync());
        Assert.Single(gate.Router.Instances);
        Assert.Equal(0, gate.Router.ActiveCalls);
    }

    [Fact]
    public async Task Ids_of_calls_on_another_channel_lead_nowhere_and_end_the_channel_that_says_them()
    {
        using Gatehouse gate = new(static registration => registration.RequireIdentity = false);
        ScriptedInstance victim = await gate.RegisterAsync(Gatehouse.Holder("victim"), "victim");
        List<(TestLeg Leg, ulong Id)> busy = [];
        for (int i = 0; i < 64; i++)
        {
            TestLeg leg = new();
            leg.Done = gate.Router.RunCallAsync(Probe.Unary, leg);
            leg.Send([1]).HalfClose();
            busy.Add((leg, (await victim.RequestAsync())[0].CallId));
        }

        // Ids are looked up in the table of the channel that says them, and nowhere else.
        ScriptedInstance second = await gate.RegisterAsync(identity: null, "second");
        Assert.All(Enumerable.Range(0, (1 << 20) + 1).Select(static id => (ulong)id).Concat(busy.Select(static call => call.Id)).Append(ulong.MaxValue), id =>
        {
            if (second.Channel.Calls.Find(id, out RoutedCall? call) is SlotState.Live or SlotState.Withdrawn || call is not null)
            {
                Assert.Fail($"Call {id} is there.");
            }
        });
        second.Hangup();
        await second.Closed;

        // Every reply needs a channel of its own: one for a call that is not under way there ends it.
        Intruder intruder = new(gate.Router);
        foreach (ulong id in Enumerable.Range(0, 1024).Select(static step => (ulong)(step << 10) + 1).Concat(busy.Select(static call => call.Id)).Append(1ul << 20).Append(ulong.MaxValue))
        {
            Assert.Equal(StatusCode.Internal, (await intruder.ReplyAsync(id)).StatusCode);
        }

        Assert.Same(victim.Channel, Assert.Single(gate.Router.Instances));
        Assert.All(busy, static call => Assert.False(call.Leg.Done.IsCompleted));
        foreach ((TestLeg leg, ulong id) in busy)
        {
            victim.Send(InstanceFrame.Message(id, Probe.Unary, [9]) with { End = new CallEnd() });
            Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        }
    }
}
