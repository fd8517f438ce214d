using Grpc.Core;

namespace GrpcRouter.Core.Tests;

public sealed class ShutdownTests
{
    [Fact]
    public async Task Calls_that_are_cut_are_told_apart_from_those_whose_instance_is_lost()
    {
        using Bench bench = new();
        ScriptedInstance cut = await bench.InstanceAsync("cut");
        (TestLeg first, _) = await bench.StartAsync(cut, Probe.Unary);
        (TestLeg second, _) = await bench.StartAsync(cut, Probe.Duplex);

        cut.Channel.BeginDrain("soon", TimeSpan.FromSeconds(1));
        cut.Channel.Cut();

        Assert.Equal("Unavailable ROUTER_SHUTDOWN", await first.OutcomeAsync());
        Assert.Equal("Unavailable ROUTER_SHUTDOWN", await second.OutcomeAsync());
        Assert.Equal(("router", "router"), (first.Drainer, second.Drainer));
        Assert.Equal(StatusCode.Unavailable, (await cut.Closed.Soon()).StatusCode);
    }

    [Fact]
    public void A_shutdown_drains_first_and_both_are_told_once()
    {
        using RouterHub hub = new(new RouterOptions());
        Assert.Equal((false, false), (hub.Draining, hub.Stopping));

        hub.BeginDrain();
        hub.BeginDrain();
        Assert.Equal((true, false), (hub.DrainingToken.IsCancellationRequested, hub.StoppingToken.IsCancellationRequested));

        hub.BeginShutdown();
        hub.BeginShutdown();
        Assert.Equal((true, true, true), (hub.Draining, hub.Stopping, hub.StoppingToken.IsCancellationRequested));
    }

    [Fact]
    public void A_router_whose_clockwork_stands_still_is_not_alive()
    {
        ManualTimeProvider time = new();
        using RouterHub running = new(new RouterOptions(), time);
        using RouterHub stuck = new(new RouterOptions(), new NoTimers(time));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((true, true), (running.IsAlive, stuck.IsAlive));

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((true, false), (running.IsAlive, stuck.IsAlive));
        Assert.Equal(TimeSpan.FromSeconds(61), running.Uptime);
    }

    private sealed class NoTimers(TimeProvider time) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
