namespace GrpcRouter.Core.Tests;

public sealed class StrideScheduleTests
{
    // By hand: a stride is the weight over the heaviest times 65,535, rounded; who stands at place i begins at i * 32,767; and a turn is taken when the sum passes 65,535.
    [Theory]
    [InlineData("1", "00000000")]
    [InlineData("1 1 1", "01201201")]
    [InlineData("2 1", "01001001")]
    [InlineData("1 2", "10110110")]
    [InlineData("0 1 1", "12121212")]
    [InlineData("4 1", "00100001")]
    public void Turns_are_taken_as_by_hand(string weights, string expected)
    {
        StrideSchedule schedule = Of(weights);
        ulong turns = 0;
        Assert.Equal(expected, string.Concat(Enumerable.Range(0, 8).Select(_ => schedule.Next(ref turns))));
    }

    [Theory]
    [InlineData("1 3 6")]
    [InlineData("5 1 1 1 1")]
    [InlineData("0.001 0.003 0.006")]
    [InlineData("1000000 1 500000")]
    public void Shares_are_exact_over_a_full_cycle(string weights)
    {
        StrideSchedule schedule = Of(weights);
        double[] parsed = Parse(weights);
        double[] strides = [.. parsed.Select(weight => Math.Max(1, Math.Round(weight / parsed.Max() * 65_535)))];
        int[] counts = new int[parsed.Length];
        ulong turns = 0;
        for (int i = 0; i < strides.Sum(); i++)
        {
            counts[schedule.Next(ref turns)]++;
        }

        Assert.All(counts.Zip(strides), static pair => Assert.InRange(pair.First - pair.Second, -1, 1));
    }

    [Fact]
    public void A_light_one_waits_about_as_long_each_time()
    {
        StrideSchedule schedule = Of("10 10 1");
        ulong turns = 0;
        List<int> at = [];
        for (int i = 0; i < 2_100; i++)
        {
            if (schedule.Next(ref turns) == 2)
            {
                at.Add(i);
            }
        }

        Assert.All(at.Zip(at.Skip(1)), static pair => Assert.InRange(pair.Second - pair.First, 19, 23));
    }

    [Fact]
    public async Task Turns_of_many_threads_are_as_even()
    {
        StrideSchedule schedule = Of("1 1 2");
        Turns shared = new();
        int[] counts = new int[3];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 4_000; i++)
            {
                Interlocked.Increment(ref counts[schedule.Next(ref shared.Count)]);
            }
        })));
        Assert.InRange(counts[0], 3_990, 4_010);
        Assert.InRange(counts[1], 3_990, 4_010);
        Assert.InRange(counts[2], 7_990, 8_010);
    }

    private static StrideSchedule Of(string weights) => new(Parse(weights));

    private static double[] Parse(string weights) =>
        [.. weights.Split(' ').Select(static text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];

    private sealed class Turns
    {
        public ulong Count;
    }
}
