namespace GrpcRouter.Core.Tests;

public sealed class PickSetTests
{
    [Theory]
    [InlineData("100 100 100 100", "100 0 0 0")]
    [InlineData("70 100 100 100", "70 30 0 0")]
    [InlineData("35 70 100 100", "35 35 30 0")]
    [InlineData("0 0 100 100", "0 0 100 0")]
    [InlineData("0 0 0 100", "0 0 0 100")]
    public void Each_list_gets_its_percentage(string shares, string expected)
    {
        PickSet set = PickSet.Empty with { Shares = [.. shares.Split(' ').Select(int.Parse)] };
        int[] counts = new int[4];
        for (int percentage = 0; percentage < 100; percentage++)
        {
            counts[set.Choose(percentage)]++;
        }

        Assert.Equal(expected, string.Join(' ', counts));
    }
}
