namespace GrpcRouter;

/// <summary>The options of registration, ready to be applied. Another object after each change.</summary>
internal sealed class RegistrationPolicy
{
    private readonly RegistrationRule[] rules;
    private readonly bool requiresIdentity;

    public RegistrationPolicy(RouterOptions options, TimeProvider time, Action<string> onUnusableKey)
    {
        RegistrationOptions registration = options.Registration;
        rules = [.. registration.Rules.Select(static rule => new RegistrationRule(rule))];
        Tokens = new RegistrationTokens(registration.Tokens, registration.Tokens.Audience ?? options.RouterId, time, onUnusableKey);
        requiresIdentity = registration.RequireIdentity ?? (rules.Length > 0 || registration.Tokens.Keys.Count > 0);
        AttemptsPerMinute = registration.AttemptsPerMinute;
    }

    public RegistrationTokens Tokens { get; }

    public int? AttemptsPerMinute { get; }

    /// <summary>Judges whether somebody may have instances of a service at all.</summary>
    /// <param name="identity">Who it is; null: nobody.</param>
    /// <param name="service">The service's full name.</param>
    /// <param name="rule">The rule that decides what it may register; null: there is none, and it may all.</param>
    public RegistrationRefusal? Check(PeerIdentity? identity, string service, out RegistrationRule? rule)
    {
        rule = null;
        if (identity is null)
        {
            return requiresIdentity
                ? RegistrationRefusal.Unauthenticated("The router asks instances for a credential, a client certificate or a registration token; there is none.")
                : null;
        }

        if (Tokens.Find(identity) is { } problem)
        {
            return problem;
        }

        rule = Array.Find(rules, rule => rule.IsFor(identity, service));
        return rule is null && rules.Length > 0 ? RegistrationRefusal.Denied($"{Named(identity)} may not register {service}.") : null;
    }

    /// <summary>Judges a whole registration.</summary>
    public RegistrationRefusal? Check(PeerIdentity? identity, in RegistrationClaim claim, out RegistrationRule? rule) =>
        Check(identity, claim.Service, out rule) is { } refusal ? refusal
        : rule?.Check(claim) is { } problem ? RegistrationRefusal.Denied($"{Named(identity!)} {problem}.")
        : null;

    private static string Named(PeerIdentity identity) => PeerText.Line(identity.ToString());
}
