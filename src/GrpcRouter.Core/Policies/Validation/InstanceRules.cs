namespace GrpcRouter;

/// <summary>Rules for how instances are judged.</summary>
internal static class InstanceRules
{
    public static void Check(in OptionScope scope, ServicePolicyOptions service)
    {
        scope.Range(nameof(service.PanicThreshold), service.PanicThreshold, 0, 100);
        if (scope.IsThere(nameof(service.Locality), service.Locality))
        {
            scope.Of(nameof(service.Locality)).AtLeast(nameof(LocalityOptions.Overprovisioning), service.Locality.Overprovisioning, 1.0);
        }

        if (scope.IsThere(nameof(service.SlowStart), service.SlowStart))
        {
            Check(scope.Of(nameof(service.SlowStart)), service.SlowStart);
        }

        if (scope.IsThere(nameof(service.OutlierDetection), service.OutlierDetection))
        {
            Check(scope.Of(nameof(service.OutlierDetection)), service.OutlierDetection);
        }
    }

    private static void Check(in OptionScope scope, SlowStartOptions options)
    {
        scope.NotNegative(nameof(options.Window), options.Window);
        scope.MoreThan(nameof(options.Aggression), options.Aggression, 0);
        scope.Range(nameof(options.MinWeightPercent), options.MinWeightPercent, 1, 100);
    }

    private static void Check(in OptionScope scope, OutlierDetectionOptions options)
    {
        scope.Positive(nameof(options.Interval), options.Interval);
        scope.Positive(nameof(options.BaseEjectionTime), options.BaseEjectionTime);
        scope.Positive(nameof(options.MaxEjectionTime), options.MaxEjectionTime);
        scope.Range(nameof(options.MaxEjectionPercent), options.MaxEjectionPercent, 0, 100);
        if (options.SuccessRate is { } rate)
        {
            OptionScope of = scope.Of(nameof(options.SuccessRate));
            of.AtLeast(nameof(rate.StdevFactor), rate.StdevFactor, 0);
            of.Range(nameof(rate.EnforcementPercentage), rate.EnforcementPercentage, 0, 100);
            of.AtLeast(nameof(rate.MinimumHosts), rate.MinimumHosts, 0);
            of.AtLeast(nameof(rate.RequestVolume), rate.RequestVolume, 0);
        }

        if (options.FailurePercentage is { } failures)
        {
            OptionScope of = scope.Of(nameof(options.FailurePercentage));
            of.Range(nameof(failures.Threshold), failures.Threshold, 0, 100);
            of.Range(nameof(failures.EnforcementPercentage), failures.EnforcementPercentage, 0, 100);
            of.AtLeast(nameof(failures.MinimumHosts), failures.MinimumHosts, 0);
            of.AtLeast(nameof(failures.RequestVolume), failures.RequestVolume, 0);
        }
    }
}
