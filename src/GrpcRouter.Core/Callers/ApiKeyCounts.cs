using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace GrpcRouter;

/// <summary>How often a secret was used.</summary>
/// <param name="key">The key's name.</param>
/// <param name="secretId">The secret's id.</param>
/// <param name="tag">The key's name in metrics.</param>
internal sealed class ApiKeyCounts(string key, string secretId, string tag)
{
    private static readonly Counter<long> Calls = RouterMeter.Meter.CreateCounter<long>(
        "grpcrouter.api_key.calls", "{call}", "Calls that brought an API key, by key, secret and what it was worth.");

    // On a line of each processor's own: a key may be all callers'.
    private readonly StripedCounter good = new();
    private long refused;
    private long lastUsed;

    public ApiKeyUse Use => new(
        key,
        secretId,
        good.Total,
        Volatile.Read(ref refused),
        Volatile.Read(ref lastUsed) is > 0 and long seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null);

    public void Count(ApiKeyVerdict verdict, DateTimeOffset now)
    {
        if (verdict == ApiKeyVerdict.Good)
        {
            good.Increment();
        }
        else
        {
            Interlocked.Increment(ref refused);
        }

        // Once a second, because all calls would write to one line.
        long second = now.ToUnixTimeSeconds();
        if (Volatile.Read(ref lastUsed) != second)
        {
            Volatile.Write(ref lastUsed, second);
        }

        Report(tag, secretId, verdict);
    }

    /// <summary>A token came that no key has.</summary>
    public static void CountUnknown() => Report("", "", ApiKeyVerdict.Unknown);

    private static void Report(string key, string secret, ApiKeyVerdict verdict)
    {
        if (Calls.Enabled)
        {
            TagList tags = new() { { "key", key }, { "secret", secret }, { "outcome", Name(verdict) } };
            Calls.Add(1, tags);
        }
    }

    private static string Name(ApiKeyVerdict verdict) => verdict switch
    {
        ApiKeyVerdict.Good => "good",
        ApiKeyVerdict.Disabled => "disabled",
        ApiKeyVerdict.Expired => "expired",
        ApiKeyVerdict.NotYet => "not_yet",
        _ => "unknown",
    };
}
