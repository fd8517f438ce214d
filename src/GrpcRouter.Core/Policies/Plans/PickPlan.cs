namespace GrpcRouter;

/// <summary>Where the calls of a service go, among the instances that a selector selects: those for everyone, or those that may serve a tenant.</summary>
internal sealed class PickPlan
{
    private readonly PlanGroups groups;
    private readonly LocalityPlan locality;
    private readonly int panicThreshold;
    private readonly Dictionary<LabelSelector, Subset> subsets = [];
    private readonly List<PickTarget> targets = [];
    private readonly MethodRoutes[] methods;

    public PickPlan(
        RoutedService service, OptionScopes scopes, PlanGroups groups, LabelSelector all, PickRules[] rules, LocalityPlan locality, int panicThreshold)
    {
        this.locality = locality;
        this.panicThreshold = panicThreshold;
        this.groups = groups;
        Any = SubsetOf(all);
        RoutePlan routes = new(scopes, all, groups, Target, (family, key, selector) => new FamilySubset(family, key, selector, locality, panicThreshold));
        methods = [.. service.Methods.Select(method => Method(method, routes, all, rules[method.Index]))];
    }

    /// <summary>All of the instances.</summary>
    public Subset Any { get; }

    /// <summary>Where a method's calls go, by its index.</summary>
    public MethodRoutes this[int index] => methods[index];

    public void OnTick(long now)
    {
        foreach (PickTarget target in targets)
        {
            target.OnTick(now);
        }

        foreach (MethodRoutes method in methods)
        {
            method.Routes?.OnTick(now);
        }
    }

    /// <summary>No call picks by it any more.</summary>
    public void Release() => groups.Release();

    private MethodRoutes Method(RoutedMethod method, RoutePlan routes, LabelSelector all, PickRules rules)
    {
        PickTarget target = Target(all, rules);
        return new MethodRoutes(target, routes.Create(method.Name, target, rules));
    }

    private PickTarget Target(LabelSelector selector, PickRules rules)
    {
        PickTarget target = new(SubsetOf(selector), rules);
        targets.Add(target);
        return target;
    }

    private Subset SubsetOf(LabelSelector selector)
    {
        if (!subsets.TryGetValue(selector, out Subset? subset))
        {
            subsets[selector] = subset = groups.Add(new Subset(selector, locality, panicThreshold));
        }

        return subset;
    }
}
