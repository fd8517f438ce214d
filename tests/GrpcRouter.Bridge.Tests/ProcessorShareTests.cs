namespace GrpcRouter.Bridge.Tests;

public sealed class ProcessorShareTests
{
    [Fact]
    public void It_is_the_part_of_all_processors_time_since_it_was_last_asked()
    {
        ManualTimeProvider time = new();
        TimeSpan used = TimeSpan.FromSeconds(100);
        ProcessorShare share = new(time, () => used, processors: 4);
        time.Advance(TimeSpan.FromSeconds(10));
        used += TimeSpan.FromSeconds(10);
        Assert.Equal(0.25, share.Next(), precision: 9);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, share.Next());
        time.Advance(TimeSpan.FromSeconds(5));
        used += TimeSpan.FromSeconds(20);
        Assert.Equal(1, share.Next(), precision: 9);
    }

    [Fact]
    public void Asked_twice_at_once_it_stays()
    {
        ManualTimeProvider time = new();
        TimeSpan used = TimeSpan.Zero;
        ProcessorShare share = new(time, () => used, processors: 1);
        Assert.Equal(0, share.Next());
        time.Advance(TimeSpan.FromSeconds(2));
        used += TimeSpan.FromSeconds(1);
        Assert.Equal(0.5, share.Next());
        Assert.Equal(0.5, share.Next());
    }
}
