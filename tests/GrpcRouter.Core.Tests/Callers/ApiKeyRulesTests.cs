namespace GrpcRouter.Core.Tests;

public sealed class ApiKeyRulesTests
{
    private const string Path = "GrpcRouter:ApiKeys:billing";

    public static TheoryData<string, Action<ApiKeyOptions>> Wrong { get; } = new()
    {
        { $"{Path}:Secrets must be one or two; there are 0.", static key => key.Secrets.Clear() },
        { $"{Path}:Secrets must be one or two; there are 3.", static key => Add(key, 2) },
        { $"{Path}:Expires must be later than NotBefore", static key => (key.NotBefore, key.Expires) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch) },
        { $"{Path}:Tenant must be 1 to 128 letters", static key => key.Tenant = "a,b" },
        { $"{Path}:Labels must have keys and values", static key => key.Labels[""] = "x" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_cannot_work_is_said_with_its_path(string error, Action<ApiKeyOptions> set)
    {
        RouterOptions options = With(ApiKey.Create().Hash);
        Assert.Empty(options.FindErrors());
        set(options.ApiKeys["billing"]);
        Assert.StartsWith(error, Assert.Single(options.FindErrors()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hunter2")]
    [InlineData("sha256:hunter2")]
    [InlineData("sha256:0123456789abcdef:aHVudGVyMg==")]
    [InlineData("sha256:0123456789ABCDEF:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("md5:0123456789abcdef:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("")]
    public void A_secret_itself_is_refused_and_not_repeated(string secret)
    {
        string error = Assert.Single(With(secret).FindErrors());
        Assert.StartsWith($"{Path}:Secrets:0 must be a hash as ApiKey.Create() makes it", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_in_the_place_of_its_hash_is_refused_and_not_repeated()
    {
        ApiKey key = ApiKey.Create();
        Assert.DoesNotContain(key.Token, Assert.Single(With(key.Token).FindErrors()), StringComparison.Ordinal);
    }

    [Fact]
    public void One_id_belongs_to_one_secret()
    {
        RouterOptions options = With(ApiKey.Create().Hash);
        ApiKeyOptions other = new();
        other.Secrets.Add(options.ApiKeys["billing"].Secrets[0]);
        options.ApiKeys["other"] = other;
        Assert.Equal(["GrpcRouter:ApiKeys:other:Secrets:0 has the id of a secret of billing; make another."], options.FindErrors());
    }

    [Fact]
    public void New_keys_are_all_different_and_say_nothing_of_their_secret()
    {
        ApiKey[] keys = [.. Enumerable.Range(0, 1000).Select(static _ => ApiKey.Create())];
        Assert.Equal(1000, keys.Select(static key => key.Id).Distinct().Count());
        Assert.Equal(1000, keys.Select(static key => key.Token[21..]).Distinct().Count());
        Assert.All(keys, static key =>
        {
            Assert.Matches("^grk_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$", key.Token);
            Assert.DoesNotContain(key.Token[21..], key.ToString() + key.Hash, StringComparison.Ordinal);
            Assert.Empty(With(key.Hash).FindErrors());
        });
    }

    [Theory]
    [InlineData("GrpcRouter:Tenants:Header is needed where Source is Header.", TenantSource.Header, null)]
    [InlineData("GrpcRouter:Tenants:HostPattern is needed where Source is Host.", TenantSource.Host, null)]
    [InlineData("GrpcRouter:Tenants:HostPattern must have {tenant} in it once; it is api.example.com.", TenantSource.Host, "api.example.com")]
    [InlineData("GrpcRouter:Tenants:Required needs Source, which names a call's tenant.", TenantSource.None, null)]
    public void Tenants_need_what_names_them(string error, TenantSource source, string? pattern)
    {
        RouterOptions options = new();
        options.Tenants.Source = source;
        options.Tenants.HostPattern = pattern;
        options.Tenants.Required = true;
        Assert.Equal([error], options.FindErrors());
    }

    private static RouterOptions With(string secret)
    {
        RouterOptions options = new();
        ApiKeyOptions key = new();
        key.Secrets.Add(secret);
        options.ApiKeys["billing"] = key;
        return options;
    }

    private static void Add(ApiKeyOptions key, int count)
    {
        for (int i = 0; i < count; i++)
        {
            key.Secrets.Add(ApiKey.Create().Hash);
        }
    }
}
