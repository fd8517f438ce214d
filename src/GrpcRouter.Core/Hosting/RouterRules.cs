namespace GrpcRouter;

/// <summary>Rules for what is set for the whole router.</summary>
internal static class RouterRules
{
    public static void Check(in OptionScope scope, RouterOptions options)
    {
        scope.Require(!string.IsNullOrEmpty(options.RouterId), nameof(options.RouterId), "must not be empty", value: null);
        scope.AtLeast(nameof(options.MaxMessageSize), options.MaxMessageSize, 0);
        scope.AtLeast(nameof(options.MaxMetadataSize), options.MaxMetadataSize, 0);
        scope.Positive(nameof(options.MaxCallDuration), options.MaxCallDuration);
        scope.AtLeast(nameof(options.CallWindow), options.CallWindow, 16 * 1024);
        scope.Require(options.MaxCallWindow >= options.CallWindow, nameof(options.MaxCallWindow), $"must not be less than {nameof(options.CallWindow)}", options.MaxCallWindow);
        scope.AtLeast(nameof(options.ChannelWindowBudget), options.ChannelWindowBudget, 0);
        scope.AtLeast(nameof(options.TotalWindowBudget), options.TotalWindowBudget, 0);
        scope.Range(nameof(options.MaxFrameSize), options.MaxFrameSize, 64 * 1024, 64 * 1024 * 1024);
        scope.Range(nameof(options.MaxCallsPerChannel), options.MaxCallsPerChannel, 1, CallTable.MaxSlots);
        scope.AtLeast(nameof(options.RetryBufferPerCall), options.RetryBufferPerCall, 0);
        scope.AtLeast(nameof(options.RetryBufferTotal), options.RetryBufferTotal, 0);
        CheckTimes(scope, options);
        CallerOptionRules.Check(scope, options);
        if (scope.IsThere(nameof(options.Abuse), options.Abuse))
        {
            AbuseRules.Check(scope.Of(nameof(options.Abuse)), options.Abuse);
        }

        AuditRules.Check(scope, options.Audit);
        if (scope.IsThere(nameof(options.Tls), options.Tls))
        {
            TlsRules.Check(scope.Of(nameof(options.Tls)), options.Tls);
        }
    }

    private static void CheckTimes(in OptionScope scope, RouterOptions options)
    {
        scope.Positive(nameof(options.RegistrationTimeout), options.RegistrationTimeout);
        scope.Positive(nameof(options.KeepAliveInterval), options.KeepAliveInterval);
        scope.Positive(nameof(options.KeepAliveTimeout), options.KeepAliveTimeout);
        scope.Positive(nameof(options.MaxChannelAge), options.MaxChannelAge);
        scope.Timer(nameof(options.DrainDelay), options.DrainDelay, TimeSpan.Zero);
        scope.Timer(nameof(options.DrainGrace), options.DrainGrace, TimeSpan.Zero);
        scope.NotNegative(nameof(options.ReadinessGrace), options.ReadinessGrace);
        scope.Require(options.ReadinessServices.All(static name => !string.IsNullOrEmpty(name)), nameof(options.ReadinessServices), "must be names of services", value: null);
        scope.Timer(nameof(options.MaxConnectionAge), options.MaxConnectionAge, TimeSpan.FromTicks(1));
        scope.Timer(nameof(options.MaxConnectionAgeGrace), options.MaxConnectionAgeGrace, TimeSpan.Zero);
        scope.IsThere(nameof(options.Random), options.Random);
    }
}
