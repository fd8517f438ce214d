namespace GrpcRouter.Core.Tests.Registration;

public sealed class NamePatternTests
{
    [Theory]
    [InlineData("greet.Greeter", "greet.Greeter", true)]
    [InlineData("greet.Greeter", "greet.greeter", false)]
    [InlineData("greet.Greeter", "greet.Greeter2", false)]
    [InlineData("greet.Greeter", "xgreet.Greeter", false)]
    [InlineData("greet.*", "greet.Greeter", true)]
    [InlineData("greet.*", "greeting.Greeter", false)]
    [InlineData("greet.*", "greetXGreeter", false)]
    [InlineData("*", "greet.Greeter", true)]
    [InlineData("*", "spiffe://a/b", false)]
    [InlineData("**", "spiffe://a/b", true)]
    [InlineData("spiffe://example.org/greeter/*", "spiffe://example.org/greeter/1", true)]
    [InlineData("spiffe://example.org/greeter/*", "spiffe://example.org/greeter/1/2", false)]
    [InlineData("spiffe://example.org/greeter/*", "spiffe://example.org/other/1", false)]
    [InlineData("spiffe://example.org/greeter/*", "spiffe://exampleXorg/greeter/1", false)]
    [InlineData("spiffe://example.org/greeter/**", "spiffe://example.org/greeter/1/2", true)]
    [InlineData("spiffe://*/greeter", "spiffe://evil.org/greeter", true)]
    [InlineData("spiffe://*/greeter", "spiffe://evil.org/x/greeter", false)]
    [InlineData("a[b", "a[b", true)]
    [InlineData("a[b*", "a[bc", true)]
    [InlineData("greet.Greeter", "greet.Greeter\n", false)]
    [InlineData("greet.*", "greet.\nGreeter", true)]
    [InlineData("x*", "y\nx", false)]
    public void A_star_stays_within_a_segment_and_two_go_on(string pattern, string name, bool matches) => Assert.Equal(matches, new NamePattern(pattern).Matches(name));

    [Fact]
    public void A_name_that_is_made_to_be_slow_is_not()
    {
        NamePattern pattern = new(string.Concat(Enumerable.Repeat("*a", 200)));
        Assert.False(pattern.Matches(new string('a', 100_000) + "b"));
    }
}
