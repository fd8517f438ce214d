using Grpc.Core;

namespace GrpcRouter.Bridge.Tests;

public sealed class CallCounterTests
{
    [Fact]
    public void Only_what_speaks_against_the_instance_counts_as_failed()
    {
        StatusCode[] failed =
        [
            StatusCode.Unknown, StatusCode.DeadlineExceeded, StatusCode.Internal, StatusCode.Unavailable,
            StatusCode.ResourceExhausted, StatusCode.DataLoss, StatusCode.Unimplemented,
        ];
        foreach (StatusCode code in Enum.GetValues<StatusCode>())
        {
            CallCounter counter = new();
            counter.Add(code);
            Assert.Equal(new CallCount(1, failed.Contains(code) ? 1 : 0), counter.Take());
            Assert.Equal(default, counter.Take());
        }
    }

    [Fact]
    public void Nothing_is_lost_among_many_threads()
    {
        CallCounter counter = new();
        CallCount sum = default;
        Parallel.For(0, 40_000, index =>
        {
            counter.Add(index % 4 == 0 ? StatusCode.Internal : StatusCode.OK);
            if (index % 1_000 == 0)
            {
                lock (counter)
                {
                    sum += counter.Take();
                }
            }
        });
        Assert.Equal(new CallCount(40_000, 10_000), sum + counter.Take());
    }
}
