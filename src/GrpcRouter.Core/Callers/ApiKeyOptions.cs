namespace GrpcRouter;

/// <summary>A key that callers bring, as <c>authorization: Bearer grk_…</c> or <c>x-api-key: grk_…</c>.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>
    /// The hashes of its secrets, one or two, as <see cref="ApiKey.Hash"/> gives them: <c>sha256:</c>, the id and the hash. Two are for a rotation: add the new one, hand it out, and take the old
    /// one away when <see cref="IApiKeyUsage"/> says that it is not used any more.
    /// </summary>
    public IList<string> Secrets { get; } = [];

    /// <summary>What is known of whoever has the key, by name. Default: nothing.</summary>
    public IDictionary<string, string> Labels { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The tenant whose calls these are; see <see cref="TenantOptions"/>. Default: none.</summary>
    public string? Tenant { get; set; }

    /// <summary>The key is refused before. Default: it is not.</summary>
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>The key is refused from then on. Later than <see cref="NotBefore"/>; default: never.</summary>
    public DateTimeOffset? Expires { get; set; }

    /// <summary>The key is refused. Default false.</summary>
    public bool Disabled { get; set; }
}
