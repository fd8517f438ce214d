using System.Collections.Concurrent;

namespace GrpcRouter.Core.Tests;

/// <summary>Clients that cancel may end their stream just before they reset it.</summary>
public sealed class LateHalfCloseTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_end_of_a_request_stream_waits_one_turn_for_a_reset_just_behind_it(bool reset)
    {
        using Bench bench = new();
        ScriptedInstance instance = await bench.InstanceAsync();
        TestLeg leg = bench.Call(Probe.Duplex);
        ulong id = (await instance.NextAsync()).CallId;

        // The router reads on this thread, and its next turn comes when this thread says so.
        Turns turns = new();
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(turns);
        leg.HalfClose();
        if (reset)
        {
            leg.Leave();
        }

        SynchronizationContext.SetSynchronizationContext(before);
        turns.Run();
        if (!reset)
        {
            Assert.True((await instance.NextAsync()).HalfClose);
            leg.Leave();
        }

        Assert.Equal("aborted", await leg.OutcomeAsync());
        RouterFrame last = await instance.NextAsync();
        Assert.Equal((id, false, true), (last.CallId, last.HalfClose, last.Cancel is not null));
        instance.Send(InstanceFrame.Ended(id));
        bench.AssertIdle();
    }

    private sealed class Turns : SynchronizationContext
    {
        private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> due = new();

        public override void Post(SendOrPostCallback d, object? state) => due.Enqueue((d, state));

        public void Run()
        {
            while (due.TryDequeue(out var turn))
            {
                turn.Callback(turn.State);
            }
        }
    }
}
