namespace GrpcRouter.FunctionalTests;

/// <summary>Options with an API key.</summary>
internal static class KeyRing
{
    public const string Name = "billing";

    /// <summary>Adds the key <c>billing</c> with these secrets.</summary>
    public static RouterOptions Add(RouterOptions options, Action<ApiKeyOptions>? configure, params ApiKey[] secrets)
    {
        // The clock that tests drive is not that of the instance.
        options.KeepAliveInterval = TimeSpan.FromDays(10);
        ApiKeyOptions key = new();
        foreach (ApiKey secret in secrets)
        {
            key.Secrets.Add(secret.Hash);
        }

        configure?.Invoke(key);
        options.ApiKeys[Name] = key;
        return options;
    }

    /// <summary>The header that brings a key.</summary>
    public static (string Key, string Value) Bearer(ApiKey secret) => ("authorization", $"Bearer {secret.Token}");
}
