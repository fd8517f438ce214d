using System.Diagnostics;
using System.Reflection;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

/// <summary>A call ends at the very moment that its next attempt is arranged for.</summary>
public sealed class AttemptRaceTests
{
    private const int Turns = 10_000;

    [Fact]
    public async Task A_client_that_leaves_while_the_timer_of_a_retry_is_set_leaves_nothing_behind()
    {
        InterruptedTime time = new();
        using Bench bench = new(RetryTests.Retrying(), time);
        ScriptedInstance instance = await bench.InstanceAsync();
        (TestLeg leg, ulong id) = await bench.StartAsync(instance, Probe.Unary);
        time.OnTimerAdded = () =>
        {
            Task left = Task.Run(leg.Leave);
            Patience.Until(() => leg.Aborted, "The call learns that its client has gone.");
            left.Wait();

            // Where nothing holds the call, it is over after a few turns.
            SpinWait turns = default;
            while (turns.Count < Turns && !leg.Done.IsCompleted)
            {
                turns.SpinOnce(sleep1Threshold: -1);
            }
        };

        instance.Send(InstanceFrame.Ended(id, StatusCode.Unavailable));

        Assert.Equal("aborted", await leg.OutcomeAsync());
        Assert.Null(time.OnTimerAdded);
        bench.AssertIdle();
    }

    /// <summary>The system's time, which runs an action of the test when a timer is added to the wheel of deadlines.</summary>
    private sealed class InterruptedTime : TimeProvider
    {
        private Action? onTimerAdded;

        public Action? OnTimerAdded
        {
            get => Volatile.Read(ref onTimerAdded);
            set => Volatile.Write(ref onTimerAdded, value);
        }

        public override long GetTimestamp()
        {
            if (OnTimerAdded is not null && IsAdding())
            {
                Interlocked.Exchange(ref onTimerAdded, null)?.Invoke();
            }

            return base.GetTimestamp();
        }

        private static bool IsAdding() => new StackTrace().GetFrames()
            .Any(static frame => frame.GetMethod() is MethodBase { Name: nameof(DeadlineWheel.Add) } method && method.DeclaringType == typeof(DeadlineWheel));
    }
}
