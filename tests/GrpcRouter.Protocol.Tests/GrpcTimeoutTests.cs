using System.Globalization;

namespace GrpcRouter.Protocol.Tests;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData("1n", 1)]
    [InlineData("100n", 1)]
    [InlineData("101n", 2)]
    [InlineData("99999999n", 1_000_000)]
    [InlineData("1u", 10)]
    [InlineData("250u", 2_500)]
    [InlineData("1m", 10_000)]
    [InlineData("1S", 10_000_000)]
    [InlineData("1M", 600_000_000)]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("00000001S", 10_000_000)]
    [InlineData("99999999u", 999_999_990)]
    [InlineData("99999999m", 999_999_990_000)]
    [InlineData("99999999S", 999_999_990_000_000)]
    public void Every_unit_is_read_in_ticks_of_100_ns(string value, long ticks)
    {
        Assert.True(GrpcTimeout.TryParse(value, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("0n")]
    [InlineData("0u")]
    [InlineData("0m")]
    [InlineData("0S")]
    [InlineData("0M")]
    [InlineData("00000000H")]
    public void Nothing_left_is_a_time_too(string value)
    {
        Assert.True(GrpcTimeout.TryParse(value, out var timeout));
        Assert.Equal(TimeSpan.Zero, timeout);
    }

    [Theory]
    [InlineData("99999999H")]
    [InlineData("99999999M")]
    [InlineData("876001H")]
    public void A_time_beyond_a_century_becomes_a_century(string value)
    {
        Assert.True(GrpcTimeout.TryParse(value, out var timeout));
        Assert.Equal(GrpcTimeout.Maximum, timeout);
    }

    [Fact]
    public void A_century_itself_is_kept()
    {
        Assert.True(GrpcTimeout.TryParse("876000H", out var timeout));
        Assert.Equal(GrpcTimeout.Maximum, timeout);
        Assert.True(GrpcTimeout.TryParse("875999H", out timeout));
        Assert.Equal(GrpcTimeout.Maximum - TimeSpan.FromHours(1), timeout);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("S")]
    [InlineData("123456789S")]
    [InlineData("100000000n")]
    [InlineData("1s")]
    [InlineData("1h")]
    [InlineData("1N")]
    [InlineData("1U")]
    [InlineData("1 S")]
    [InlineData(" 1S")]
    [InlineData("1S ")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("1.5S")]
    [InlineData("1e3S")]
    [InlineData("0x1S")]
    [InlineData("١S")] // a digit, but not an ASCII one
    [InlineData("1\u017F")]
    [InlineData("1ms")]
    public void Anything_else_is_refused(string value)
    {
        Assert.False(GrpcTimeout.TryParse(value, out var timeout));
        Assert.Equal(TimeSpan.Zero, timeout);
    }

    [Fact]
    public void Every_amount_is_right_or_the_maximum() => Seeds.ForEach(20_000, random =>
    {
        var amount = random.Next((int)Math.Pow(10, random.Next(1, 9)));
        var unit = random.Pick("n", "u", "m", "S", "M", "H");
        var nanoseconds = amount * unit switch { "n" => 1m, "u" => 1e3m, "m" => 1e6m, "S" => 1e9m, "M" => 60e9m, _ => 3600e9m };
        var expected = Math.Min(Math.Ceiling(nanoseconds / 100), GrpcTimeout.Maximum.Ticks);

        Assert.True(GrpcTimeout.TryParse(amount.ToString(CultureInfo.InvariantCulture) + unit, out var timeout));
        Assert.Equal(expected, timeout.Ticks);
    });
}
