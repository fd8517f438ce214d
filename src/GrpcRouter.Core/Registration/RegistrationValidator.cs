namespace GrpcRouter;

/// <summary>Finds what cannot work in the options of registration. What it says never holds a secret.</summary>
internal static class RegistrationValidator
{
    private const int MostPerMinute = 1_000_000;
    private const int MaxReplayCache = 10_000_000;
    private const int MaxKeyIdLength = 128;
    private static readonly TimeSpan LongestSkew = TimeSpan.FromMinutes(5);

    public static void Check(in OptionScope root, RegistrationOptions? registration)
    {
        if (!root.IsThere(nameof(RouterOptions.Registration), registration))
        {
            return;
        }

        OptionScope scope = root.Of(nameof(RouterOptions.Registration));
        scope.Range(nameof(registration.AttemptsPerMinute), registration!.AttemptsPerMinute, 1, MostPerMinute);
        scope.Timer(nameof(registration.RenewBefore), registration.RenewBefore, TimeSpan.Zero);
        scope.Timer(nameof(registration.ExpiredGrace), registration.ExpiredGrace, TimeSpan.Zero);
        scope.Timer(nameof(registration.RevokedGrace), registration.RevokedGrace, TimeSpan.Zero);
        if (scope.IsThere(nameof(registration.Tokens), registration.Tokens))
        {
            CheckTokens(scope.Of(nameof(registration.Tokens)), registration.Tokens);
        }

        OptionScope rules = scope.Of(nameof(registration.Rules));
        for (int i = 0; i < registration.Rules.Count; i++)
        {
            if (rules.IsThere($"{i}", registration.Rules[i]))
            {
                CheckRule(rules.Of(i), registration.Rules[i]);
            }
        }
    }

    private static void CheckTokens(in OptionScope scope, RegistrationTokenOptions tokens)
    {
        scope.Require(tokens.Audience is null or { Length: > 0 }, nameof(tokens.Audience), "must not be empty", value: null);
        scope.Require(tokens.ClockSkew >= TimeSpan.Zero && tokens.ClockSkew <= LongestSkew, nameof(tokens.ClockSkew), $"must be {TimeSpan.Zero} to {LongestSkew}", tokens.ClockSkew);
        scope.Timer(nameof(tokens.MaxLifetime), tokens.MaxLifetime, TimeSpan.FromTicks(1));
        scope.Range(nameof(tokens.ReplayCacheSize), tokens.ReplayCacheSize, 1, MaxReplayCache);
        OptionScope keys = scope.Of(nameof(tokens.Keys));
        HashSet<string> ids = new(StringComparer.Ordinal);
        for (int i = 0; i < tokens.Keys.Count; i++)
        {
            if (keys.IsThere($"{i}", tokens.Keys[i]))
            {
                CheckKey(keys.Of(i), tokens.Keys[i], ids);
            }
        }
    }

    private static void CheckKey(in OptionScope scope, RegistrationKeyOptions key, HashSet<string> ids)
    {
        if (key.Id is not { Length: > 0 and <= MaxKeyIdLength } || key.Id.Any(static c => c is <= ' ' or > '~'))
        {
            scope.Fail(nameof(key.Id), $"must be 1 to {MaxKeyIdLength} printable ASCII characters");
        }
        else if (!ids.Add(key.Id))
        {
            scope.Fail(nameof(key.Id), "must be another one than those of the other keys");
        }

        CheckPatterns(scope, nameof(key.Subjects), key.Subjects);
        if (RegistrationKey.TryMake(key, out string option, out string problem) is null)
        {
            scope.Fail(option, problem);
        }
    }

    private static void CheckRule(in OptionScope scope, RegistrationRuleOptions rule)
    {
        scope.Require(NamePattern.IsValid(rule.Identity), nameof(rule.Identity), $"must be a pattern of 1 to {NamePattern.MaxLength} characters", value: null);
        scope.Require(rule.Scheme is null or { Length: > 0 }, nameof(rule.Scheme), "must not be empty", value: null);
        CheckPatterns(scope, nameof(rule.Services), rule.Services);
        CheckPatterns(scope, nameof(rule.InstanceIds), rule.InstanceIds);
        foreach (string service in rule.Services)
        {
            if (service is not null && ReservedServices.Contains(service))
            {
                scope.Fail(nameof(rule.Services), $"must not hold {service}: the router answers it itself");
            }
        }

        OptionScope labels = scope.Of(nameof(rule.Labels));
        foreach ((string key, RegistrationLabelOptions label) in rule.Labels)
        {
            if (labels.IsThere(key, label))
            {
                CheckPatterns(labels.Of(key), nameof(label.Values), label.Values);
            }
        }

        scope.Require(rule.Tenants.All(static tenant => !string.IsNullOrEmpty(tenant)), nameof(rule.Tenants), "must be names of tenants", value: null);
        scope.Range(nameof(rule.MaxInstances), rule.MaxInstances, 1, MostPerMinute);
        scope.Range(nameof(rule.MaxChannels), rule.MaxChannels, 1, MostPerMinute);
        scope.Range(nameof(rule.RegistrationsPerMinute), rule.RegistrationsPerMinute, 1, MostPerMinute);
    }

    private static void CheckPatterns(in OptionScope scope, string name, IList<string> patterns) =>
        scope.Require(patterns.All(NamePattern.IsValid), name, $"must be patterns of 1 to {NamePattern.MaxLength} characters", value: null);
}
