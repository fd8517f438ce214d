using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace GrpcRouter;

/// <summary>The configured API keys. It never changes: other options make another.</summary>
internal sealed class ApiKeyTable
{
    private const string Scheme = "Bearer ";
    private const int IdStart = 4;
    private const int SecretStart = IdStart + ApiKey.IdLength + 1;

    private readonly FrozenDictionary<ulong, ApiKeySecret> secrets;
    private readonly ApiKeySecret[] inOrder;

    private ApiKeyTable(ApiKeySecret[] inOrder)
    {
        this.inOrder = inOrder;
        secrets = inOrder.ToFrozenDictionary(static secret => secret.Id);
    }

    /// <summary>How often each secret was used.</summary>
    public IReadOnlyList<ApiKeyUse> Uses => [.. inOrder.Select(static secret => secret.Counts.Use)];

    /// <param name="options">Options that have been checked.</param>
    /// <param name="counts">Gives the counts of a secret, by the key's name and the secret's id.</param>
    /// <returns>Null when there are no keys.</returns>
    public static ApiKeyTable? Create(RouterOptions options, Func<string, ulong, ApiKeyCounts> counts)
    {
        List<ApiKeySecret> all = [];
        foreach ((string name, ApiKeyOptions key) in options.ApiKeys.OrderBy(static key => key.Key, StringComparer.Ordinal))
        {
            ApiKeyEntry entry = new(IdentityOf(name, key, options.Tenants.Claim), key);
            foreach (string secret in key.Secrets)
            {
                if (ApiKey.TryReadHash(secret, out ulong id, out byte[] hash))
                {
                    all.Add(new ApiKeySecret(id, hash, entry, counts(name, id)));
                }
            }
        }

        return all.Count == 0 ? null : new ApiKeyTable([.. all.DistinctBy(static secret => secret.Id)]);
    }

    /// <summary>The value of <c>authorization</c> is a token of the router's own, or means to be one.</summary>
    public static bool IsOwnBearer(string value) =>
        value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && IsOwn(value.AsSpan(Scheme.Length).TrimStart(' '));

    /// <summary>The text is a token of the router's own, or means to be one.</summary>
    public static bool IsOwn(ReadOnlySpan<char> token) => token.StartsWith(ApiKey.Prefix, StringComparison.Ordinal);

    /// <summary>The token in a value of <c>authorization</c> that <see cref="IsOwnBearer"/> has said yes to.</summary>
    public static ReadOnlySpan<char> TokenOf(string bearer) => bearer.AsSpan(Scheme.Length).Trim(' ');

    /// <summary>
    /// Judges a token. Every token of the right form takes the same steps, whether there is such an id or not and however much of the secret is right.
    /// </summary>
    /// <param name="token">What the caller brought.</param>
    /// <param name="now">The time.</param>
    /// <param name="secret">The secret, when the caller knows it, whatever the key is worth.</param>
    public ApiKeyVerdict Judge(ReadOnlySpan<char> token, DateTimeOffset now, out ApiKeySecret? secret)
    {
        secret = null;
        Span<byte> octets = stackalloc byte[ApiKey.TokenLength];
        if (token.Length != ApiKey.TokenLength
            || token[SecretStart - 1] != '_'
            || !ApiKey.TryReadId(token.Slice(IdStart, ApiKey.IdLength), out ulong id)
            || Encoding.ASCII.GetBytes(token, octets) != ApiKey.TokenLength)
        {
            return ApiKeyVerdict.Unknown;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(octets, hash);
        bool known = secrets.TryGetValue(id, out ApiKeySecret? found);

        // Of an id that is not there: any secret's hash will do, and nothing matches it.
        bool equal = CryptographicOperations.FixedTimeEquals(hash, (found ?? inOrder[0]).Hash);
        if (!known || !equal)
        {
            return ApiKeyVerdict.Unknown;
        }

        secret = found;
        return found!.Key.Judge(now);
    }

    /// <summary>Judges a token that was brought, and counts it.</summary>
    public ApiKeyVerdict JudgeAndCount(ReadOnlySpan<char> token, DateTimeOffset now, out ApiKeySecret? secret)
    {
        ApiKeyVerdict verdict = Judge(token, now, out secret);
        if (secret is null)
        {
            ApiKeyCounts.CountUnknown();
        }
        else
        {
            secret.Counts.Count(verdict, now);
        }

        return verdict;
    }

    private static PeerIdentity IdentityOf(string name, ApiKeyOptions key, string tenantLabel)
    {
        Dictionary<string, string> labels = new(key.Labels, StringComparer.Ordinal);
        if (key.Tenant is { } tenant)
        {
            labels[tenantLabel] = tenant;
        }

        return new PeerIdentity(PeerIdentitySchemes.ApiKey, name) { Labels = labels, Expires = key.Expires };
    }
}
