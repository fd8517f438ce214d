namespace GrpcRouter;

/// <summary>Rules for routes.</summary>
internal static class RoutingRules
{
    private const int MaxWeight = 1_000_000;

    // Each combination of them that calls bring is an index of its own.
    private const int MaxLabelHeaders = 4;

    /// <param name="service">Where the service's options stand.</param>
    /// <param name="routing">Its routes.</param>
    /// <param name="tenants">Something names a call's tenant.</param>
    public static void Check(in OptionScope service, RoutingOptions? routing, bool tenants)
    {
        if (!service.IsThere(nameof(ServicePolicyOptions.Routing), routing))
        {
            return;
        }

        OptionScope scope = service.Of(nameof(ServicePolicyOptions.Routing));
        OptionScope headers = scope.Of(nameof(routing.LabelHeaders));
        scope.Require(routing!.LabelHeaders.Count <= MaxLabelHeaders, nameof(routing.LabelHeaders), "must be 4 or fewer", routing.LabelHeaders.Count);
        foreach ((string key, string label) in routing.LabelHeaders)
        {
            headers.TextKey(key, key);
            headers.Require(!string.IsNullOrEmpty(label), key, "must name a label", value: null);
        }

        OptionScope rules = scope.Of(nameof(routing.Rules));
        for (int i = 0; i < routing.Rules.Count; i++)
        {
            if (rules.IsThere($"{i}", routing.Rules[i]))
            {
                Check(rules.Of(i), routing.Rules[i], tenants);
            }
        }
    }

    private static void Check(in OptionScope scope, RouteRuleOptions rule, bool tenants)
    {
        scope.Positive(nameof(rule.Timeout), rule.Timeout);
        scope.TextKey(nameof(rule.StickyHeader), rule.StickyHeader);
        scope.Require(rule.Methods.All(static method => !string.IsNullOrEmpty(method)), nameof(rule.Methods), "must be names of methods", value: null);
        if (rule.Tenants.Count > 0 && !tenants)
        {
            scope.Fail(nameof(rule.Tenants), "needs the Tenants of the router to have a Source, which names a call's tenant");
        }

        OptionScope headers = scope.Of(nameof(rule.Headers));
        for (int i = 0; i < rule.Headers.Count; i++)
        {
            Check(headers.Of(i), rule.Headers[i]);
        }

        CheckTargets(scope, rule.Targets);
    }

    private static void Check(in OptionScope scope, HeaderMatchOptions match)
    {
        scope.TextKey(nameof(match.Name), match.Name ?? "");
        int conditions = (match.Exact is null ? 0 : 1) + (match.Prefix is null ? 0 : 1) + (match.Suffix is null ? 0 : 1);
        if (conditions > 1)
        {
            scope.Fail(nameof(match.Name), $"has {conditions} conditions; {nameof(match.Exact)}, {nameof(match.Prefix)} and {nameof(match.Suffix)} exclude each other");
        }
    }

    private static void CheckTargets(in OptionScope scope, IList<RouteTargetOptions> targets)
    {
        OptionScope each = scope.Of(nameof(RouteRuleOptions.Targets));
        for (int i = 0; i < targets.Count; i++)
        {
            OptionScope target = each.Of(i);
            target.Range(nameof(RouteTargetOptions.Weight), targets[i].Weight, 0, MaxWeight);
            target.Require(
                targets[i].Labels.All(static label => label.Key.Length > 0 && label.Value is not null), nameof(RouteTargetOptions.Labels), "must have keys and values", value: null);
        }

        if (targets.Count == 0)
        {
            scope.Fail(nameof(RouteRuleOptions.Targets), "must have one target at least");
        }
        else if (targets.All(static target => target.Weight == 0))
        {
            scope.Fail(nameof(RouteRuleOptions.Targets), "must have one target at least whose weight is not 0");
        }
    }
}
