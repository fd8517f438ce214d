using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

/// <summary>The stream to the instance is stuck and calls wait in line for it: which frames are ahead of their data when it goes on.</summary>
public sealed class OvertakingTests : IDisposable
{
    private const int Calls = 20;
    private const int Window = 2 * ChannelOutput.DefaultHighWater;

    private readonly Bench bench = new();
    private readonly List<TestLeg> bulk = [];

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task A_cancel_overtakes_data_that_waits_up_to_the_high_water_mark()
    {
        ScriptedInstance instance = await bench.InstanceAsync(window: Window);
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming);
        await QueueAsync(instance);
        leg.Leave();
        Assert.Equal("aborted", await leg.OutcomeAsync());
        AssertFirst(await ResumeAsync(instance), frame => frame.CallId == id && frame.Cancel == CancelReason.Client);
    }

    [Fact]
    public async Task Credit_overtakes_data_that_waits_up_to_the_high_water_mark()
    {
        ScriptedInstance instance = await bench.InstanceAsync(window: Window);
        (_, ulong id) = await bench.StartAsync(instance, Probe.ServerStreaming);
        await QueueAsync(instance);
        instance.Send(InstanceFrame.Message(id, Probe.ServerStreaming, new byte[bench.Hub.Options.CallWindow - 5]));
        Patience.Until(() => WaitingControl(instance) > 0, "Credit is given.");
        AssertFirst(await ResumeAsync(instance), frame => frame.CallId == id && frame.Credit > 0);
    }

    [Fact]
    public async Task Pings_and_pongs_overtake_data_that_waits_up_to_the_high_water_mark()
    {
        ScriptedInstance instance = await bench.InstanceAsync(window: Window);
        await QueueAsync(instance);
        instance.ShowsPings = true;
        instance.Send(InstanceFrame.Of(new InstanceControl { Ping = new Ping { Nonce = 42 } }));
        bench.Time.Advance(bench.Hub.Options.KeepAliveInterval + TimeSpan.FromSeconds(1));
        AssertFirst(await ResumeAsync(instance), static frame => frame.Control?.Pong?.Nonce == 42, static frame => frame.Control?.Ping is not null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_drain_and_its_acknowledgement_follow_what_is_written_and_overtake_the_calls_in_line(bool acknowledgement)
    {
        ScriptedInstance instance = await bench.InstanceAsync(window: Window);
        await QueueAsync(instance);
        if (acknowledgement)
        {
            instance.Send(InstanceFrame.Drain());
        }
        else
        {
            bench.Hub.BeginShutdown();
        }

        List<RouterFrame> frames = await ResumeAsync(instance);
        int at = frames.FindIndex(frame => acknowledgement ? frame.Control?.DrainAck is not null : frame.Control?.Drain is not null);
        Assert.True(at >= 0, "No drain came.");
        Assert.InRange(frames.Take(at).Sum(static frame => frame.Cost), 1, ChannelOutput.DefaultHighWater + FragmentLength.Default);
        Assert.True(frames.Skip(at).Sum(static frame => frame.Cost) > Calls * Window / 2, "The calls in line were ahead of the drain.");
    }

    /// <summary>Running calls write until data waits up to the high-water mark and all of them are in line.</summary>
    private async Task QueueAsync(ScriptedInstance instance)
    {
        for (int i = 0; i < Calls; i++)
        {
            bulk.Add(bench.Call(Probe.ClientStreaming));
            Assert.NotNull((await instance.NextAsync()).Start);
        }

        await instance.StallWritingAsync();
        bulk.ForEach(static leg => leg.Send(new byte[2 * Window]));
        Assert.Equal(Calls, instance.Channel.Output.QueuedTurns);
    }

    /// <summary>Lets the stream go on.</summary>
    /// <returns>All that the credit of the calls allows, in order.</returns>
    private async Task<List<RouterFrame>> ResumeAsync(ScriptedInstance instance)
    {
        instance.Resume();
        List<RouterFrame> frames = [];
        while (frames.Sum(static frame => frame.Cost) < Calls * Window)
        {
            frames.Add(await instance.NextAsync());
        }

        frames.AddRange(await instance.BarrierAsync());

        // The write that was under way had but the answer to the ping that began it.
        Assert.Equal(0ul, frames[0].Control?.Pong?.Nonce);
        frames.RemoveAt(0);
        bulk.ForEach(static leg => leg.Leave());
        foreach (TestLeg leg in bulk)
        {
            Assert.Equal("aborted", await leg.OutcomeAsync());
        }

        return frames;
    }

    private static void AssertFirst(List<RouterFrame> frames, params Predicate<RouterFrame>[] expected)
    {
        int data = frames.FindIndex(static frame => frame.Cost > 0);
        Assert.All(expected, one => Assert.InRange(frames.FindIndex(one), 0, data - 1));
        Assert.Equal(expected.Length, data);
    }

    private static int WaitingControl(ScriptedInstance instance)
    {
        int length = instance.Channel.Output.EnterControl().Length;
        instance.Channel.Output.Exit();
        return length;
    }
}
