namespace GrpcRouter.Core.Tests;

public sealed class OptionHashTests
{
    [Fact]
    public void Options_that_say_the_same_have_the_same_hash_whatever_the_order_and_the_router()
    {
        RouterOptions one = new() { RouterId = "one" };
        one.Service("a.A").Timeout = TimeSpan.FromSeconds(1);
        one.Service("b.B").Retry.MaxAttempts = 2;
        RouterOptions two = new() { RouterId = "two" };
        two.Service("b.B").Retry.MaxAttempts = 2;
        two.Service("a.A").Timeout = TimeSpan.FromSeconds(1);

        Assert.Matches("^[0-9a-f]{32}$", OptionHash.Of(one));
        Assert.Equal(OptionHash.Of(one), OptionHash.Of(two));
    }

    [Fact]
    public void A_secret_is_no_part_of_the_hash_and_its_change_is_still_found()
    {
        SecretOptions one = new() { Name = "one", Password = "correct horse" };
        SecretOptions two = new() { Name = "one", Password = "battery staple" };

        Assert.Equal(OptionHash.Of(one), OptionHash.Of(two));
        Assert.NotEqual(OptionHash.Of(one), OptionHash.Of(new SecretOptions { Name = "two", Password = "correct horse" }));
        Assert.Equal(["Peer:Password"], OptionDifference.Find(one, two, "Peer").Select(static change => change.Path));
    }

    [Fact]
    public void Every_value_counts_wherever_it_stands()
    {
        Action<RouterOptions>[] changes =
        [
            static _ => { },
            static options => options.MaxMessageSize = 1,
            static options => options.Defaults.Timeout = TimeSpan.FromSeconds(1),
            static options => options.Service("a.A").Timeout = TimeSpan.FromSeconds(1),
            static options => options.Service("a.A").Method("Timeout").Timeout = TimeSpan.FromSeconds(1),
            static options => options.ReadinessServices.Add("a.A"),
            static options => options.ReadinessServices.Add("a.A=1:x\n"),
            static options => options.Service("a.A").Routing.Rules.Add(new RouteRuleOptions { Name = "one" }),
        ];

        string[] hashes = [.. changes.Select(static change =>
        {
            RouterOptions options = new();
            change(options);
            return OptionHash.Of(options);
        })];

        Assert.Equal(hashes.Length, hashes.Distinct(StringComparer.Ordinal).Count());
    }
}
