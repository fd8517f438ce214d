namespace GrpcRouter;

/// <summary>Makes the route tables of a service's methods.</summary>
/// <param name="scopes">The options.</param>
/// <param name="all">The instances that there are to choose from.</param>
/// <param name="groups">Takes what is kept by label.</param>
/// <param name="makeTarget">Makes a target.</param>
/// <param name="makeSubset">Makes a subset of a family.</param>
internal sealed class RoutePlan(
    OptionScopes scopes,
    LabelSelector all,
    PlanGroups groups,
    Func<LabelSelector, PickRules, PickTarget> makeTarget,
    Func<LabelFamily, string, LabelSelector, FamilySubset> makeSubset)
{
    private readonly IList<RouteRuleOptions> rules = scopes.OfService(static options => options.Routing.Rules.Count == 0 ? null : options.Routing.Rules) ?? [];
    private readonly LabelHeader[] headers =
    [
        .. (scopes.OfService(static options => options.Routing.LabelHeaders.Count == 0 ? null : options.Routing.LabelHeaders) ?? new Dictionary<string, string>())
            .Select(static pair => new LabelHeader(pair.Key.ToLowerInvariant(), pair.Value)),
    ];

    /// <summary>The table of a method; null when all of its calls go to any instance.</summary>
    /// <param name="method">Its simple name.</param>
    /// <param name="any">Any instance.</param>
    /// <param name="picks">How is picked.</param>
    public RouteTable? Create(string method, PickTarget any, PickRules picks)
    {
        RouteRuleOptions[] own = [.. rules.Where(rule => rule.Methods.Count == 0 || rule.Methods.Contains(method))];
        if (own.Length == 0 && headers.Length == 0)
        {
            return null;
        }

        Dictionary<LabelSelector, PickTarget> known = new() { [all] = any };
        List<RouteTarget> made = [];
        RouteTarget rest = Make(all, fallback: null);
        RouteRule[] ordered =
        [
            .. own.Select(rule => new RouteRule(rule, target => Make(all.With(target.Labels), target.FallBackToAny ? rest : null))),
        ];
        return new RouteTable(ordered, rest, [.. made]);

        RouteTarget Make(LabelSelector selector, RouteTarget? fallback)
        {
            if (!known.TryGetValue(selector, out PickTarget? target))
            {
                known[selector] = target = makeTarget(selector, picks);
            }

            LabelRoutes? labels = headers.Length == 0
                ? null
                : new LabelRoutes(headers, groups, chosen => new LabelFamily(selector, chosen, makeSubset, picks));
            RouteTarget route = new(target, labels, fallback);
            made.Add(route);
            return route;
        }
    }
}
