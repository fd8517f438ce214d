namespace GrpcRouter.Client.Tests;

public sealed class ReadyWaitsTests
{
    [Fact]
    public void Waits_grow_up_to_the_longest_and_vary_by_a_fifth()
    {
        ReadyWaits waits = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        for (int again = 0; again < 100; again++)
        {
            Assert.InRange(waits.Next(0), TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(1.2));
            Assert.InRange(waits.Next(1), TimeSpan.FromSeconds(1.28), TimeSpan.FromSeconds(1.92));
            Assert.InRange(waits.Next(1000), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(12));
        }

        Assert.True(Enumerable.Range(0, 100).Select(_ => waits.Next(0)).Distinct().Count() > 1);
    }

    [Fact]
    public void Without_a_longest_they_can_be_waited_for_all_the_same() =>
        Assert.InRange(new ReadyWaits(TimeSpan.FromDays(10), null).Next(int.MaxValue), TimeSpan.FromDays(10), TimeSpan.FromMilliseconds(int.MaxValue));
}
