namespace GrpcRouter.Core.Tests;

public sealed class RateLimitRulesTests
{
    [Fact]
    public void A_rule_that_can_work_is_none_to_complain_of()
    {
        RouterOptions options = new();
        options.RateLimiters["own"] = static _ => throw new NotSupportedException();
        options.RateLimits.Add(new RateLimitOptions { Name = "a", Permits = 1 });
        options.RateLimits.Add(new RateLimitOptions { Name = "b", Limiter = "own" });
        Assert.Empty(options.FindErrors());
    }

    [Fact]
    public void All_that_cannot_work_is_said_with_its_path()
    {
        RouterOptions options = new();
        options.RateLimits.Add(new RateLimitOptions { Permits = 0, Period = TimeSpan.Zero, Segments = 0, IPv4PrefixLength = 33, IPv6PrefixLength = 129, MaxPartitions = 0 });
        options.RateLimits.Add(new RateLimitOptions { Name = "twice", Limiter = "leaky", Partition = (RateLimitPartition)9 });
        options.RateLimits.Add(new RateLimitOptions { Name = "twice", Permits = 2000, Period = TimeSpan.FromMilliseconds(1) });
        options.RateLimits[2].Services.Add("");
        options.Service("greet.Greeter").RateLimit = new LimiterOptions();
        options.Service("greet.Greeter").Method("SayHello").MaxRequestMessageSize = -1;
        options.Defaults.MaxResponseMessageSize = -1;

        Assert.Equal(
            [
                "GrpcRouter:RateLimits:0:Name must be 1 to 64 printable ASCII characters without spaces; it is nothing.",
                "GrpcRouter:RateLimits:0:IPv4PrefixLength must be 0 to 32; it is 33.",
                "GrpcRouter:RateLimits:0:IPv6PrefixLength must be 0 to 128; it is 129.",
                "GrpcRouter:RateLimits:0:MaxPartitions must be 1 to 1,000,000; it is 0.",
                "GrpcRouter:RateLimits:0:Permits must be 1 to 1,000,000; it is 0.",
                "GrpcRouter:RateLimits:0:Segments must be 1 to 100; it is 0.",
                "GrpcRouter:RateLimits:0:Period must be 00:00:00.001 to 1.00:00:00; it is 00:00:00.",
                "GrpcRouter:RateLimits:1:Partition must be one of Client, Identity, Tenant, Ip, Service, Method, Instance, Router; it is 9.",
                "GrpcRouter:RateLimits:1:Limiter must be one of concurrency, sliding_window, token_bucket; it is leaky.",
                "GrpcRouter:RateLimits:2:Name must not be that of another rule; it is twice.",
                "GrpcRouter:RateLimits:2:Services must be names of 1 to 512 characters, with * for any but a slash and ** for any; it is nothing.",
                "GrpcRouter:RateLimits:2:PermitsPerPeriod must not be more than 1,000,000 a second; it is 2000.",
                "GrpcRouter:Services:greet.Greeter:RateLimit:Permits must be set; it is nothing.",
                "GrpcRouter:Defaults:MaxResponseMessageSize must be 0 or more; it is -1.",
                "GrpcRouter:Services:greet.Greeter:Methods:SayHello:MaxRequestMessageSize must be 0 or more; it is -1.",
            ],
            options.FindErrors());
    }
}
