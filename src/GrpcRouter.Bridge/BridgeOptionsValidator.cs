using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>Finds the settings that cannot work, all of them at once.</summary>
internal sealed class BridgeOptionsValidator : IValidateOptions<BridgeOptions>
{
    private const int SmallestWindow = 16 * 1024;
    private const int LargestWindow = 16 * 1024 * 1024;
    private const int LongestName = 128;
    private const int MostLabels = 64;
    private const int LongestLabel = 256;
    private const int MostSignals = 32;

    // The longest wait a timer takes.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    // An age that has been stretched must still be a wait.
    private static readonly TimeSpan OldestChannel = TimeSpan.FromDays(44);

    public ValidateOptionsResult Validate(string? name, BridgeOptions options)
    {
        List<string> errors = [.. Errors(options)];
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <exception cref="OptionsValidationException">A setting cannot work.</exception>
    public static void ThrowIfInvalid(BridgeOptions options)
    {
        List<string> errors = [.. Errors(options)];
        if (errors.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(BridgeOptions), errors);
        }
    }

    private static IEnumerable<string> Errors(BridgeOptions options)
    {
        if (options.Routers.Count == 0 && options.RouterDiscovery is null)
        {
            yield return "Routers is empty: the bridge has no router to dial. Add an address such as http://localhost:5000.";
        }

        foreach (string router in options.Routers)
        {
            if (!RouterAddress.TryRead(router, options.UseTls, out _, out _))
            {
                yield return $"Routers holds '{router}', which is not an address such as http://localhost:5000, https://router.example or dns:///router.example:443.";
            }
        }

        if (options.InstanceId is not { Length: > 0 and <= LongestName } || options.InstanceId.Any(static c => c is <= ' ' or > '~'))
        {
            yield return $"InstanceId is '{options.InstanceId}'; it must be 1 to {LongestName} printable ASCII characters without spaces.";
        }

        if (options.Labels.Count > MostLabels
            || options.Labels.Any(static label => label.Key.Length is 0 or > LongestLabel || label.Value is not { Length: <= LongestLabel }))
        {
            yield return $"Labels may be {MostLabels}, with keys of 1 to {LongestLabel} characters and values of up to {LongestLabel}.";
        }

        if (options.LoadSignals.Count > MostSignals
            || options.LoadSignals.Any(static signal => signal.Key.Length is 0 or > LongestLabel || signal.Value is null))
        {
            yield return $"LoadSignals may be {MostSignals}, with names of 1 to {LongestLabel} characters.";
        }

        foreach (string method in options.AllowedMethods ?? [])
        {
            if (!AllowedCalls.IsValid(method))
            {
                yield return $"AllowedMethods holds '{method}'; a method is named as greet.Greeter/SayHello, all of a service as greet.Greeter/*.";
            }
        }

        if (options.AllowedTenants?.Any(static tenant => string.IsNullOrEmpty(tenant)) == true)
        {
            yield return "AllowedTenants holds an empty name.";
        }

        foreach (string error in BridgeTlsRules.Errors(options.Tls))
        {
            yield return error;
        }

        foreach (string? error in new[]
        {
            Within(options.Weight, 1, int.MaxValue, nameof(options.Weight)),
            Within(options.Stripes, 1, 64, nameof(options.Stripes)),
            Within(options.MaxReceiveMessageSize ?? 1, 0, int.MaxValue, nameof(options.MaxReceiveMessageSize)),
            Within(options.MaxSendMessageSize ?? 1, 0, int.MaxValue, nameof(options.MaxSendMessageSize)),
            Within(options.MaxMetadataSize, 1024, 1024 * 1024, nameof(options.MaxMetadataSize)),
            Within(options.CallWindow, SmallestWindow, LargestWindow, nameof(options.CallWindow)),
            Within(options.MaxCallWindow, options.CallWindow, 1024 * 1024 * 1024, nameof(options.MaxCallWindow)),
            Within(options.WindowBudget, 0, long.MaxValue, nameof(options.WindowBudget)),
            Wait(options.RouterDiscoveryInterval, nameof(options.RouterDiscoveryInterval)),
            options.MaxChannelAge == Timeout.InfiniteTimeSpan || (options.MaxChannelAge > TimeSpan.Zero && options.MaxChannelAge <= OldestChannel)
                ? null
                : $"MaxChannelAge is {options.MaxChannelAge}; it must be more than zero and at most {OldestChannel.Days} days, or infinite.",
            Wait(options.KeepAliveInterval, nameof(options.KeepAliveInterval)),
            Wait(options.KeepAliveTimeout, nameof(options.KeepAliveTimeout)),
            Wait(options.ConnectTimeout, nameof(options.ConnectTimeout)),
            Wait(options.ReconnectInitialBackoff, nameof(options.ReconnectInitialBackoff)),
            Wait(options.RefusedInitialBackoff, nameof(options.RefusedInitialBackoff)),
            NotBelow(options.ReconnectMaxBackoff, options.ReconnectInitialBackoff, nameof(options.ReconnectMaxBackoff), nameof(options.ReconnectInitialBackoff)),
            NotBelow(options.RefusedMaxBackoff, options.RefusedInitialBackoff, nameof(options.RefusedMaxBackoff), nameof(options.RefusedInitialBackoff)),
            NotNegative(options.StablePeriod, nameof(options.StablePeriod)),
            NotNegative(options.StopGrace, nameof(options.StopGrace)),
            options.DrainNotice >= TimeSpan.Zero && (options.DrainNotice <= options.StopGrace || options.StopGrace < TimeSpan.Zero)
                ? null
                : $"DrainNotice is {options.DrainNotice}; it must be from zero to StopGrace, {options.StopGrace}.",
            Interval(options.LoadReportInterval, nameof(options.LoadReportInterval)),
            Interval(options.HealthCheckInterval, nameof(options.HealthCheckInterval)),
            Encoding(options),
        })
        {
            if (error is not null)
            {
                yield return error;
            }
        }
    }

    private static string? Within(long value, long least, long most, string name) =>
        value >= least && value <= most ? null : $"{name} is {value}; it must be from {least} to {most}.";

    private static string? Wait(TimeSpan value, string name) =>
        value > TimeSpan.Zero && value <= Longest ? null : $"{name} is {value}; it must be more than zero and at most {Longest.Days} days.";

    private static string? Interval(TimeSpan value, string name) =>
        value == Timeout.InfiniteTimeSpan ? null : NotNegative(value, name);

    private static string? NotNegative(TimeSpan value, string name) =>
        value >= TimeSpan.Zero && value <= Longest ? null : $"{name} is {value}; it must be from zero to {Longest.Days} days.";

    private static string? NotBelow(TimeSpan value, TimeSpan least, string name, string leastName) =>
        value >= least && value <= Longest ? null : $"{name} is {value}; it must be from {leastName}, {least}, to {Longest.Days} days.";

    private static string? Encoding(BridgeOptions options) =>
        options.ResponseCompressionAlgorithm is not { } algorithm || algorithm == MessageEncodings.Identity
            || options.CompressionProviders.Any(provider => provider.EncodingName == algorithm)
            ? null
            : $"ResponseCompressionAlgorithm is '{algorithm}', for which CompressionProviders has no provider.";
}
