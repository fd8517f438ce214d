using System.Buffers;
using System.Collections.Frozen;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>Whose a call may be. It never changes: other options make another.</summary>
internal sealed class TenantRules
{
    /// <summary>What a host pattern has in the tenant's place.</summary>
    public const string Placeholder = "{tenant}";

    private const int MaxLength = 128;

    // Free of what joins values, and of what could forge a line in a log.
    private static readonly SearchValues<char> NameChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@");

    private static readonly RouterStatus Missing = new(StatusCode.PermissionDenied, RouterReasons.TenantRequired, "The call is for no tenant, and must be.");
    private static readonly RouterStatus Refused = new(StatusCode.PermissionDenied, RouterReasons.TenantRefused, "There is no such tenant, or it is not the caller's.");

    private readonly FrozenSet<string>? known;
    private readonly bool required;
    private readonly string before = "";
    private readonly string behind = "";

    private TenantRules(TenantOptions options)
    {
        Source = options.Source;
        Claim = options.Claim;
        Header = options.Header ?? "";
        required = options.Required;
        known = options.Known.Count == 0 ? null : options.Known.ToFrozenSet(StringComparer.Ordinal);
        if (options.HostPattern?.Split(Placeholder) is [{ } start, { } end])
        {
            (before, behind) = (start, end);
        }
    }

    public TenantSource Source { get; }

    /// <summary>The claim or label that names the tenant of a credential.</summary>
    public string Claim { get; }

    /// <summary>The key of the metadata.</summary>
    public string Header { get; }

    /// <returns>Null when there are no tenants.</returns>
    public static TenantRules? Create(TenantOptions options) => options.Source == TenantSource.None ? null : new TenantRules(options);

    /// <summary>A tenant may be called so.</summary>
    public static bool IsName(string? name) => name is { Length: > 0 and <= MaxLength } && !name.AsSpan().ContainsAnyExcept(NameChars);

    /// <summary>The tenant of a host name; null when the name does not fit the pattern.</summary>
    public string? OfHost(ReadOnlySpan<char> host)
    {
        if (host.LastIndexOf(':') is >= 0 and int colon)
        {
            host = host[..colon];
        }

        host = host.TrimEnd('.');
        return host.Length > before.Length + behind.Length
            && host.StartsWith(before, StringComparison.OrdinalIgnoreCase)
            && host.EndsWith(behind, StringComparison.OrdinalIgnoreCase)
            && host[before.Length..^behind.Length] is var name
            && !name.Contains('.')
                ? name.ToString().ToLowerInvariant() : null;
    }

    /// <summary>The tenant that a credential names; null: none.</summary>
    public string? OfIdentity(PeerIdentity? identity) => identity is not null && identity.Labels.TryGetValue(Claim, out string? tenant) ? tenant : null;

    /// <summary>Judges the tenant of a call.</summary>
    public bool TryAdmit(ClientLeg leg, out RouterStatus refusal)
    {
        string? tenant = leg.Tenant;
        refusal = tenant is null ? Missing : Refused;
        return tenant is null ? !required
            : IsName(tenant) && known?.Contains(tenant) is not false && OfIdentity(leg.Identity) is var own && (own is null || own == tenant);
    }
}
