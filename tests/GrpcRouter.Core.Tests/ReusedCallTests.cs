using GrpcRouter.Protocol;

namespace GrpcRouter.Core.Tests;

/// <summary>Call objects serve one call after the other, and ids repeat between channels.</summary>
public sealed class ReusedCallTests
{
    [Fact]
    public async Task A_frame_or_loss_of_another_channel_with_the_same_id_does_not_reach_the_call()
    {
        using Bench bench = new();
        ScriptedInstance first = await bench.InstanceAsync("first");
        (TestLeg over, ulong id) = await bench.StartAsync(first, Probe.ServerStreaming);
        Assert.Equal(SlotState.Live, first.Channel.Calls.Find(id, out RoutedCall? found));
        first.Send(InstanceFrame.Ended(id));
        Assert.Equal("OK by the instance", await over.OutcomeAsync());
        first.Send(InstanceFrame.Drain());
        ScriptedInstance second = await bench.InstanceAsync("second");
        (TestLeg leg, ulong sameId) = await bench.StartAsync(second, Probe.ServerStreaming);
        Assert.Equal(id, sameId);
        Assert.Equal(SlotState.Live, second.Channel.Calls.Find(id, out RoutedCall? reused));
        Assert.Same(found, reused);

        // What the first channel's threads may still do when they looked the call up before it was over.
        Deliver(found!, first.Channel, id, InstanceFrame.Message(id, Probe.ServerStreaming, [6, 6, 6]));
        found!.OnChannelLost(first.Channel, id, first.Channel.Loss);

        second.Send(InstanceFrame.Message(id, Probe.ServerStreaming, [1]) with { End = new V1.CallEnd() });
        Assert.Equal("OK by the instance", await leg.OutcomeAsync());
        Assert.Equal(TestLeg.Framed([1]), await leg.BodyAsync());
        bench.AssertIdle();
    }

    private static void Deliver(RoutedCall call, InstanceChannel from, ulong id, InstanceFrame frame)
    {
        Assert.True(FrameDecoder.TryDecode(frame.ToBytes().AsSpan(FrameField.PrefixLength), out Frame decoded, out _));
        call.OnFrame(from, id, decoded);
    }
}
