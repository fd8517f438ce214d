namespace GrpcRouter.Core.Tests.Registration;

public sealed class ReplayCacheTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ReplayCache cache = new();

    [Fact]
    public void A_token_is_used_once_until_it_has_expired_and_is_forgotten_then()
    {
        Assert.Equal(ReplayAnswer.First, Use("a"));
        Assert.Equal(ReplayAnswer.Replayed, Use("a"));
        Assert.Equal(ReplayAnswer.Replayed, Use("a", at: 59));
        Assert.Equal(ReplayAnswer.First, Use("b", at: 60));
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Ids_of_different_keys_have_nothing_to_do_with_each_other()
    {
        Assert.Equal(ReplayAnswer.First, Use("bc", key: "a"));
        Assert.Equal(ReplayAnswer.First, Use("c", key: "ab"));
        Assert.Equal(ReplayAnswer.First, Use("1a", key: "1"));
        Assert.Equal(ReplayAnswer.First, Use("a", key: "11"));
    }

    [Fact]
    public void A_full_cache_takes_nothing_until_something_has_expired()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(ReplayAnswer.First, Use($"{i}", limit: 100));
        }

        Assert.Equal(ReplayAnswer.Full, Use("one more", limit: 100));
        Assert.Equal(ReplayAnswer.Replayed, Use("7", limit: 100));
        Assert.Equal(100, cache.Count);
        Assert.Equal(ReplayAnswer.First, Use("one more", at: 60, limit: 100));
    }

    private ReplayAnswer Use(string token, int at = 0, string key = "key", int limit = 1000) =>
        cache.Use(key, token, Now.AddSeconds(at < 60 ? 60 : at + 60), Now.AddSeconds(at), limit);
}
