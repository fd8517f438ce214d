namespace GrpcRouter;

/// <summary>Rules for <see cref="AbuseOptions"/>.</summary>
internal static class AbuseRules
{
    public static void Check(in OptionScope scope, AbuseOptions options)
    {
        scope.AtLeast(nameof(options.CancelBurst), options.CancelBurst, 1);
        scope.AtLeast(nameof(options.CancelsPerSecond), options.CancelsPerSecond, 0);
        scope.Timer(nameof(options.StalledReaderTimeout), options.StalledReaderTimeout, TimeSpan.FromTicks(1));
        scope.AtLeast(nameof(options.ControlFramesPerSecond), options.ControlFramesPerSecond, 1);
        scope.AtLeast(nameof(options.EmptyFramesPerSecond), options.EmptyFramesPerSecond, 1);
    }
}
