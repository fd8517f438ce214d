using Grpc.Core;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class RegistrationTests
{
    public static TheoryData<string, ChannelErrorCode> BadHellos() => new()
    {
        { "no version", ChannelErrorCode.Version },
        { "other versions", ChannelErrorCode.Version },
        { "another service", ChannelErrorCode.Refused },
        { "no service", ChannelErrorCode.Refused },
        { "no id", ChannelErrorCode.Refused },
        { "a space in the id", ChannelErrorCode.Refused },
        { "a line in the id", ChannelErrorCode.Refused },
        { "an id of 129 characters", ChannelErrorCode.Refused },
        { "65 labels", ChannelErrorCode.Refused },
        { "an empty label key", ChannelErrorCode.Refused },
        { "a label key of 257 characters", ChannelErrorCode.Refused },
        { "a label value of 257 characters", ChannelErrorCode.Refused },
        { "a window of 16383", ChannelErrorCode.Refused },
        { "a window of 2^31", ChannelErrorCode.Refused },
        { "frames of 65535", ChannelErrorCode.Refused },
    };

    [Theory]
    [MemberData(nameof(BadHellos))]
    public async Task A_Hello_that_breaks_a_rule_is_refused_and_leaves_nothing(string fault, ChannelErrorCode code)
    {
        using Bench bench = new();
        ScriptedInstance instance = new ScriptedInstance().Connect(bench.Router);
        instance.Send(HelloFrame(Spoil(ScriptedInstance.Hello(), fault)));
        RouterFrame answer = Assert.Single(await instance.RestAsync());
        Assert.Equal(code, answer.Control?.Error?.Code);
        Assert.Equal(StatusCode.FailedPrecondition, (await instance.Closed).StatusCode);
        Assert.Empty(bench.Router.Instances);
        Assert.Equal(0, bench.Router.OpenChannels);
    }

    [Fact]
    public async Task A_Hello_at_the_edge_of_every_rule_is_taken()
    {
        using Bench bench = new(new RouterOptions { RouterId = "edge", CallWindow = 20_000, MaxMetadataSize = 9_000, MaxMessageSize = 77 });
        Hello hello = ScriptedInstance.Hello(new string('~', 128));
        hello.Versions.Add(9);
        hello.InitialWindow = 16_384;
        hello.MaxFrameSize = 65_536;
        hello.Stripe = 4;
        for (int i = 0; i < 64; i++)
        {
            hello.Labels[new string('k', 255) + (char)('0' + i)] = new string('v', 256);
        }

        ScriptedInstance instance = await new ScriptedInstance().RegisterAsync(bench.Router, hello);
        Assert.Equal(new Registered { Version = 1, RouterId = "edge", InitialWindow = 20_000, MaxFrameSize = 262_144, MaxMetadataSize = 9_000, MaxMessageSize = 77 }, instance.Registered);
        Assert.Equal((4u, 1ul, 64, 1u), (instance.Channel.Stripe, instance.Channel.Epoch, instance.Channel.Labels.Count, instance.Channel.Weight));
        Assert.Equal(InstanceState.Ready, instance.Channel.State);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_first_frame_but_Hello_ends_the_channel(int kind)
    {
        using Bench bench = new();
        ScriptedInstance instance = new ScriptedInstance().Connect(bench.Router);
        instance.Send(kind switch
        {
            0 => InstanceFrame.Of(new InstanceControl { Ping = new Ping() }),
            1 => InstanceFrame.Of(new InstanceControl()),
            2 => InstanceFrame.Drain(),
            _ => InstanceFrame.Ended(1),
        });
        Assert.Equal(ChannelErrorCode.Violation, Assert.Single(await instance.RestAsync()).Control?.Error?.Code);
    }

    [Fact]
    public async Task What_follows_a_refused_Hello_in_the_same_packet_is_not_looked_at()
    {
        using Bench bench = new();
        ScriptedInstance instance = new ScriptedInstance().Connect(bench.Router);
        instance.Send(HelloFrame(Spoil(ScriptedInstance.Hello(), "another service")), HelloFrame(ScriptedInstance.Hello()));
        Assert.Equal(ChannelErrorCode.Refused, Assert.Single(await instance.RestAsync()).Control?.Error?.Code);
        Assert.Empty(bench.Router.Instances);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(3600)]
    public async Task A_channel_that_says_nothing_in_time_is_refused(int keepAliveSeconds)
    {
        TimeSpan keepAlive = TimeSpan.FromSeconds(keepAliveSeconds);
        using Bench bench = new(new RouterOptions { RegistrationTimeout = TimeSpan.FromSeconds(8), KeepAliveInterval = keepAlive, KeepAliveTimeout = keepAlive });
        ScriptedInstance instance = new ScriptedInstance().Connect(bench.Router);
        bench.Time.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal(1, bench.Router.OpenChannels);
        bench.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(ChannelErrorCode.Refused, Assert.Single(await instance.RestAsync()).Control?.Error?.Code);
        Assert.Equal(0, bench.Router.OpenChannels);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    public async Task A_registration_of_the_same_or_a_newer_epoch_replaces_the_old_one_for_good(ulong before, ulong after)
    {
        using Bench bench = new();
        Hello hello = ScriptedInstance.Hello();
        hello.Epoch = before;
        ScriptedInstance old = await new ScriptedInstance().RegisterAsync(bench.Router, hello);
        (TestLeg leg, _) = await bench.StartAsync(old, Probe.Unary);
        hello.Epoch = after;
        ScriptedInstance young = await new ScriptedInstance().RegisterAsync(bench.Router, hello);
        Assert.Equal("Unavailable INSTANCE_LOST", await leg.OutcomeAsync());
        Assert.Equal(ChannelErrorCode.Replaced, (await old.RestAsync())[^1].Control?.Error?.Code);
        Assert.Equal(StatusCode.Aborted, (await old.Closed).StatusCode);
        bench.Router.Registry.Remove(old.Channel);
        Assert.Same(young.Channel, Assert.Single(bench.Router.Instances));
        Assert.Same(young.Channel, Assert.Single(bench.Router.Registry.Pickable));
    }

    [Fact]
    public async Task A_draining_channel_finishes_its_calls_beside_its_successor()
    {
        using Bench bench = new();
        ScriptedInstance old = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(old, Probe.Unary);
        old.Send(InstanceFrame.Drain());
        Assert.NotNull((await old.NextAsync()).Control?.DrainAck);
        ScriptedInstance young = await bench.InstanceAsync();
        old.Send(InstanceFrame.Message(id, Probe.Unary, [9]) with { End = new CallEnd() });
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        old.Hangup();
        Assert.Equal(StatusCode.OK, (await old.Closed).StatusCode);
        Assert.Same(young.Channel, Assert.Single(bench.Router.Registry.Pickable));
    }

    [Fact]
    public async Task A_registration_of_an_older_epoch_is_refused_and_changes_nothing()
    {
        using Bench bench = new();
        Hello hello = ScriptedInstance.Hello();
        hello.Epoch = 7;
        ScriptedInstance there = await new ScriptedInstance().RegisterAsync(bench.Router, hello);
        hello.Epoch = 6;
        ScriptedInstance late = new ScriptedInstance().Connect(bench.Router);
        late.Send(HelloFrame(hello));
        Assert.Equal(ChannelErrorCode.Replaced, (await late.RestAsync())[^1].Control?.Error?.Code);
        Assert.Same(there.Channel, Assert.Single(bench.Router.Registry.Pickable));
        Assert.False(there.Closed.IsCompleted);
    }

    [Fact]
    public async Task Stripes_of_an_instance_stand_beside_each_other()
    {
        using Bench bench = new();
        for (uint stripe = 0; stripe < 3; stripe++)
        {
            Hello hello = ScriptedInstance.Hello();
            hello.Stripe = stripe;
            await new ScriptedInstance().RegisterAsync(bench.Router, hello);
        }

        Assert.Equal(3, bench.Router.Instances.Count);
    }

    private static InstanceFrame HelloFrame(Hello hello) => InstanceFrame.Of(new InstanceControl { Hello = hello });

    private static Hello Spoil(Hello hello, string fault)
    {
        switch (fault)
        {
            case "no version": hello.Versions.Clear(); break;
            case "other versions": hello.Versions[0] = 2; hello.Versions.Add(0); break;
            case "another service": hello.Service = "probe.Other"; break;
            case "no service": hello.Service = ""; break;
            case "no id": hello.InstanceId = ""; break;
            case "a space in the id": hello.InstanceId = "a b"; break;
            case "a line in the id": hello.InstanceId = "a\nb"; break;
            case "an id of 129 characters": hello.InstanceId = new string('a', 129); break;
            case "65 labels": Enumerable.Range(0, 65).ToList().ForEach(i => hello.Labels.Add($"{i}", "")); break;
            case "an empty label key": hello.Labels.Add("", ""); break;
            case "a label key of 257 characters": hello.Labels.Add(new string('k', 257), ""); break;
            case "a label value of 257 characters": hello.Labels.Add("k", new string('v', 257)); break;
            case "a window of 16383": hello.InitialWindow = 16_383; break;
            case "a window of 2^31": hello.InitialWindow = 1u << 31; break;
            case "frames of 65535": hello.MaxFrameSize = 65_535; break;
            default: throw new ArgumentOutOfRangeException(nameof(fault), fault, null);
        }

        return hello;
    }
}
