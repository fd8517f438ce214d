using GrpcRouter.Schema;

namespace GrpcRouter.Build.Tests;

public sealed class MethodNumbersTests
{
    // These travel: a change here breaks every router and instance that is not updated with it.
    [Theory]
    [InlineData("", 19952613)]
    [InlineData("SayHello", 2526808)]
    [InlineData("Register", 20964448)]
    [InlineData("Get", 11752055)]
    [InlineData("get", 1689271)]
    [InlineData("M\u00e9thode", 32256830)]
    [InlineData("FindItemStream", 1427657)]
    [InlineData("ReadSessionBatch", 1427657)]
    public void The_number_of_a_name_never_changes(string name, int number) => Assert.Equal(number, MethodNumbers.FromName(name));

    [Fact]
    public void A_derived_number_takes_a_four_byte_tag_and_leaves_the_reserved_range_alone()
    {
        for (var index = 0; index < 100_000; index++)
        {
            Assert.InRange(MethodNumbers.FromName($"Method{index}"), 20_000, (1 << 25) - 1);
        }
    }
}
