using System.Collections.Frozen;

namespace GrpcRouter;

/// <summary>A rule, ready to be applied.</summary>
internal sealed class RegistrationRule
{
    private readonly NamePattern identity;
    private readonly string? scheme;
    private readonly NamePattern[] services;
    private readonly NamePattern[] instanceIds;
    private readonly Dictionary<string, (NamePattern[] Values, bool Required)> labels;
    private readonly bool otherLabels;

    public RegistrationRule(RegistrationRuleOptions options)
    {
        identity = new NamePattern(options.Identity);
        scheme = options.Scheme;
        services = NamePattern.All(options.Services);
        instanceIds = NamePattern.All(options.InstanceIds);
        labels = options.Labels.ToDictionary(static label => label.Key, static label => (NamePattern.All(label.Value.Values), label.Value.Required), StringComparer.Ordinal);
        otherLabels = options.OtherLabels;
        Tenants = options.Tenants.Count == 0 ? null : options.Tenants.ToFrozenSet(StringComparer.Ordinal);
        MaxInstances = options.MaxInstances ?? int.MaxValue;
        MaxChannels = options.MaxChannels ?? int.MaxValue;
        RegistrationsPerMinute = options.RegistrationsPerMinute;
    }

    /// <summary>The tenants granted; null: all.</summary>
    public IReadOnlySet<string>? Tenants { get; }

    public int MaxInstances { get; }

    public int MaxChannels { get; }

    public int? RegistrationsPerMinute { get; }

    /// <summary>The rule decides for this identity and service.</summary>
    public bool IsFor(PeerIdentity peer, string service) =>
        (scheme is null || scheme == peer.Scheme) && peer.Names.Any(identity.Matches) && (services.Length == 0 || Array.Exists(services, pattern => pattern.Matches(service)));

    /// <summary>Says what the rule does not allow; null: nothing.</summary>
    public string? Check(in RegistrationClaim claim)
    {
        string id = claim.InstanceId;
        if (instanceIds.Length > 0 && !Array.Exists(instanceIds, pattern => pattern.Matches(id)))
        {
            return $"may not have an instance of the id {id}";
        }

        foreach ((string key, (NamePattern[] values, bool required)) in labels)
        {
            if (!claim.Labels.TryGetValue(key, out string? value))
            {
                if (required)
                {
                    return $"must say its label {key}";
                }
            }
            else if (values.Length > 0 && !Array.Exists(values, pattern => pattern.Matches(value)))
            {
                return $"may not have this value of the label {key}";
            }
        }

        return !otherLabels && claim.Labels.Keys.FirstOrDefault(key => !labels.ContainsKey(key)) is { } other
            ? $"may not have the label {PeerText.Name(other)}"
            : null;
    }
}
