using System.Globalization;

namespace GrpcRouter;

/// <summary>Rules for who may call.</summary>
internal static class CallerOptionRules
{
    private const int MaxSecrets = 2;
    private const int MaxName = 128;

    public static void Check(in OptionScope scope, RouterOptions options)
    {
        if (!scope.IsThere(nameof(options.Callers), options.Callers) | !scope.IsThere(nameof(options.Tenants), options.Tenants))
        {
            return;
        }

        scope.Of(nameof(options.Callers)).Require(options.Callers.NameClaim is not "", nameof(CallerOptions.NameClaim), "must name a claim", value: null);
        Check(scope.Of(nameof(options.Tenants)), options.Tenants);
        CheckKeys(scope.Of(nameof(options.ApiKeys)), options.ApiKeys);
    }

    private static void Check(in OptionScope scope, TenantOptions tenants)
    {
        scope.Defined<TenantSource>(nameof(tenants.Source), tenants.Source);
        scope.Require(!string.IsNullOrEmpty(tenants.Claim), nameof(tenants.Claim), "must name a claim", value: null);
        scope.TextKey(nameof(tenants.Header), tenants.Header);
        scope.Require(
            tenants.HostPattern is null || tenants.HostPattern.Split(TenantRules.Placeholder).Length == 2,
            nameof(tenants.HostPattern),
            $"must have {TenantRules.Placeholder} in it once",
            tenants.HostPattern);
        if (tenants is { Source: TenantSource.Header, Header: null })
        {
            scope.Fail(nameof(tenants.Header), $"is needed where {nameof(tenants.Source)} is {nameof(TenantSource.Header)}");
        }

        if (tenants is { Source: TenantSource.Host, HostPattern: null })
        {
            scope.Fail(nameof(tenants.HostPattern), $"is needed where {nameof(tenants.Source)} is {nameof(TenantSource.Host)}");
        }

        if (tenants is { Source: TenantSource.None, Required: true })
        {
            scope.Fail(nameof(tenants.Required), $"needs {nameof(tenants.Source)}, which names a call's tenant");
        }

        OptionScope known = scope.Of(nameof(tenants.Known));
        for (int i = 0; i < tenants.Known.Count; i++)
        {
            known.Require(TenantRules.IsName(tenants.Known[i]), $"{i}", "must be 1 to 128 letters, digits and -_.:/@", tenants.Known[i]);
        }
    }

    // What is configured wrong may be a secret, so no error says what it is.
    private static void CheckKeys(in OptionScope scope, IDictionary<string, ApiKeyOptions> keys)
    {
        Dictionary<ulong, string> ids = [];
        foreach ((string name, ApiKeyOptions key) in keys)
        {
            if (!scope.IsThere(name, key))
            {
                continue;
            }

            OptionScope at = scope.Of(name);
            if (name.Length is 0 or > MaxName || name.Any(static c => c is <= ' ' or >= '\x7F'))
            {
                scope.Fail(name, $"must have a name of 1 to {MaxName} printable ASCII characters without spaces");
            }

            if (key.Secrets.Count is 0 or > MaxSecrets)
            {
                at.Fail(nameof(key.Secrets), string.Create(CultureInfo.InvariantCulture, $"must be one or two; there are {key.Secrets.Count}"));
            }

            for (int i = 0; i < key.Secrets.Count; i++)
            {
                string? problem = !ApiKey.TryReadHash(key.Secrets[i] ?? "", out ulong id, out _)
                    ? "must be a hash as ApiKey.Create() makes it, sha256:ID:HASH; a secret itself, and above all one that somebody chose, has no place here"
                    : !ids.TryAdd(id, name) ? $"has the id of a secret of {ids[id]}; make another"
                    : null;
                if (problem is not null)
                {
                    at.Of(nameof(key.Secrets)).Fail($"{i}", problem);
                }
            }

            at.Require(key.Tenant is null || TenantRules.IsName(key.Tenant), nameof(key.Tenant), "must be 1 to 128 letters, digits and -_.:/@", key.Tenant);
            at.Require(key.Labels.All(static label => label.Key.Length > 0 && label.Value is not null), nameof(key.Labels), "must have keys and values", value: null);
            at.Require(key.Expires is null || key.NotBefore is null || key.NotBefore < key.Expires, nameof(key.Expires), $"must be later than {nameof(key.NotBefore)}", key.Expires);
        }
    }
}
