namespace GrpcRouter.Bridge.Tests;

public sealed class ReconnectBackoffTests
{
    [Fact]
    public void Waits_after_losses_double_up_to_the_maximum()
    {
        ReconnectBackoff backoff = new(new BridgeOptions(), static () => 1);
        double[] waits = [.. Enumerable.Range(0, 11).Select(_ => backoff.Next(ChannelEndKind.Lost, TimeSpan.Zero).TotalSeconds)];
        Assert.Equal([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30], waits);
    }

    [Fact]
    public void A_wait_after_a_loss_is_anything_below_its_bound()
    {
        Assert.Equal(TimeSpan.Zero, new ReconnectBackoff(new BridgeOptions(), static () => 0).Next(ChannelEndKind.Lost, TimeSpan.Zero));
        Assert.Equal(
            TimeSpan.FromMilliseconds(25),
            new ReconnectBackoff(new BridgeOptions(), static () => 0.25).Next(ChannelEndKind.Lost, TimeSpan.Zero));
    }

    [Fact]
    public void A_refusal_never_waits_less_than_half_its_bound_and_grows_to_minutes()
    {
        ReconnectBackoff backoff = new(new BridgeOptions(), static () => 0);
        double[] waits = [.. Enumerable.Range(0, 7).Select(_ => backoff.Next(ChannelEndKind.Refused, TimeSpan.Zero).TotalSeconds)];
        Assert.Equal([5, 10, 20, 40, 80, 150, 150], waits);
    }

    [Fact]
    public void Only_a_channel_that_held_resets_the_waits()
    {
        ReconnectBackoff backoff = new(new BridgeOptions(), static () => 1);
        backoff.Next(ChannelEndKind.Lost, TimeSpan.Zero);
        Assert.Equal(200, backoff.Next(ChannelEndKind.Lost, TimeSpan.FromSeconds(9.9)).TotalMilliseconds);
        Assert.Equal(100, backoff.Next(ChannelEndKind.Lost, TimeSpan.FromSeconds(10)).TotalMilliseconds);
    }

    [Fact]
    public void A_million_losses_do_not_overflow()
    {
        ReconnectBackoff backoff = new(new BridgeOptions(), static () => 1);
        for (int i = 0; i < 1_000_000; i++)
        {
            backoff.Next(ChannelEndKind.Lost, TimeSpan.Zero);
        }

        Assert.Equal(TimeSpan.FromSeconds(30), backoff.Next(ChannelEndKind.Lost, TimeSpan.Zero));
    }
}
