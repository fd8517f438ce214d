namespace GrpcRouter.Core.Tests;

public sealed class RouterOptionsTests
{
    public static TheoryData<string, Action<RouterOptions>> OutOfRange => new()
    {
        { nameof(RouterOptions.RouterId), static options => options.RouterId = "" },
        { nameof(RouterOptions.MaxMessageSize), static options => options.MaxMessageSize = -1 },
        { nameof(RouterOptions.MaxMetadataSize), static options => options.MaxMetadataSize = -1 },
        { nameof(RouterOptions.MaxCallDuration), static options => options.MaxCallDuration = TimeSpan.Zero },
        { nameof(RouterOptions.CallWindow), static options => options.CallWindow = 16_383 },
        { nameof(RouterOptions.MaxCallWindow), static options => options.MaxCallWindow = 65_535 },
        { nameof(RouterOptions.ChannelWindowBudget), static options => options.ChannelWindowBudget = -1 },
        { nameof(RouterOptions.MaxFrameSize), static options => options.MaxFrameSize = 65_535 },
        { nameof(RouterOptions.MaxFrameSize), static options => options.MaxFrameSize = (64 * 1024 * 1024) + 1 },
        { nameof(RouterOptions.MaxCallsPerChannel), static options => options.MaxCallsPerChannel = 0 },
        { nameof(RouterOptions.MaxCallsPerChannel), static options => options.MaxCallsPerChannel = 1 << 20 },
        { nameof(RouterOptions.RegistrationTimeout), static options => options.RegistrationTimeout = TimeSpan.Zero },
        { nameof(RouterOptions.KeepAliveInterval), static options => options.KeepAliveInterval = TimeSpan.FromTicks(-1) },
        { nameof(RouterOptions.KeepAliveTimeout), static options => options.KeepAliveTimeout = TimeSpan.Zero },
        { nameof(RouterOptions.MaxChannelAge), static options => options.MaxChannelAge = TimeSpan.Zero },
        { nameof(RouterOptions.Random), static options => options.Random = null! },
        { nameof(RouterOptions.RetryBufferPerCall), static options => options.RetryBufferPerCall = -1 },
        { nameof(RouterOptions.RetryBufferTotal), static options => options.RetryBufferTotal = -1 },
        { nameof(RouterOptions.DrainDelay), static options => options.DrainDelay = TimeSpan.FromTicks(-1) },
        { nameof(RouterOptions.DrainGrace), static options => options.DrainGrace = TimeSpan.FromDays(31) },
        { nameof(RouterOptions.ReadinessGrace), static options => options.ReadinessGrace = TimeSpan.FromTicks(-1) },
        { nameof(RouterOptions.ReadinessServices), static options => options.ReadinessServices.Add("") },
        { nameof(RouterOptions.MaxConnectionAge), static options => options.MaxConnectionAge = TimeSpan.Zero },
        { nameof(RouterOptions.MaxConnectionAgeGrace), static options => options.MaxConnectionAgeGrace = TimeSpan.FromTicks(-1) },
    };

    [Fact]
    public void The_defaults_are_valid() => new RouterOptions().Validate();

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void A_value_out_of_range_is_refused_by_name_before_anything_starts(string option, Action<RouterOptions> set)
    {
        RouterOptions options = new();
        set(options);

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => new RouterHub(options));

        Assert.Contains($"GrpcRouter:{option} ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_at_the_edges_are_taken()
    {
        using RouterHub lowest = new(new RouterOptions
        {
            MaxMessageSize = 0, MaxMetadataSize = 0, CallWindow = 16_384, MaxCallWindow = 16_384, ChannelWindowBudget = 0, MaxFrameSize = 65_536, MaxCallsPerChannel = 1,
        });
        using RouterHub highest = new(new RouterOptions
        {
            MaxFrameSize = 67_108_864, MaxCallsPerChannel = 1_048_575, RegistrationTimeout = TimeSpan.MaxValue, KeepAliveInterval = TimeSpan.MaxValue, KeepAliveTimeout = TimeSpan.MaxValue,
        });
        Assert.NotSame(lowest, highest);
    }
}
