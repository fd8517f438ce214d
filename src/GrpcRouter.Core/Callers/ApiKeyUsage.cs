using System.Collections.Concurrent;
using System.Globalization;

namespace GrpcRouter;

/// <summary>The counts of all secrets, which outlive changes of the configuration.</summary>
internal sealed class ApiKeyUsage(Func<ApiKeyTable?> current) : IApiKeyUsage
{
    // As metrics have room for; what comes then is counted under one name.
    private const int MaxTags = 1000;
    private const string Others = "(others)";

    private readonly ConcurrentDictionary<(string Key, ulong Id), ApiKeyCounts> counts = new();

    public IReadOnlyList<ApiKeyUse> Uses => current()?.Uses ?? [];

    public ApiKeyCounts Of(string key, ulong id) => counts.GetOrAdd(
        (key, id), static (secret, known) => new ApiKeyCounts(secret.Key, Text(secret.Id), known.Count < MaxTags ? secret.Key : Others), counts);

    /// <summary>Forgets secrets that are configured no more.</summary>
    public void Forget()
    {
        HashSet<(string, string)> kept = [.. current()?.Uses.Select(static use => (use.Key, use.SecretId)) ?? []];
        foreach ((string Key, ulong Id) secret in counts.Keys)
        {
            if (!kept.Contains((secret.Key, Text(secret.Id))))
            {
                counts.TryRemove(secret, out _);
            }
        }
    }

    private static string Text(ulong id) => id.ToString("x16", CultureInfo.InvariantCulture);
}
