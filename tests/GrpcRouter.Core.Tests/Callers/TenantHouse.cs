using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

/// <summary>A router whose instances are for everyone, or set aside for tenants by who they have proved to be.</summary>
internal static class TenantHouse
{
    /// <summary>Who has proved to be <c>of-a</c> serves the tenant a, <c>of-ab</c> a and b, and who has proved nothing everyone.</summary>
    public static RouterOptions Options(Action<RouterOptions>? configure = null)
    {
        RouterOptions options = new();
        options.Tenants.Source = TenantSource.Caller;
        options.Registration.RequireIdentity = false;
        foreach (string tenants in (string[])["a", "b", "ab"])
        {
            RegistrationRuleOptions rule = new() { Identity = $"of-{tenants}" };
            foreach (char tenant in tenants)
            {
                rule.Tenants.Add($"{tenant}");
            }

            options.Registration.Rules.Add(rule);
        }

        configure?.Invoke(options);
        return options;
    }

    /// <summary>Registers an instance.</summary>
    /// <param name="bench">The router.</param>
    /// <param name="id">Its id.</param>
    /// <param name="tenants">The tenants it serves; null: everyone.</param>
    /// <param name="say">Changes what it says of itself.</param>
    public static Task<ScriptedInstance> AddAsync(this Bench bench, string id, string? tenants, Action<Hello>? say = null)
    {
        Hello hello = ScriptedInstance.Hello(id);
        say?.Invoke(hello);
        return new ScriptedInstance { Identity = tenants is null ? null : new PeerIdentity("test", $"of-{tenants}") }.RegisterAsync(bench.Router, hello);
    }

    /// <summary>A client whose calls are a tenant's.</summary>
    public static TestLeg Of(string? tenant, params (string Key, string Value)[] metadata) =>
        tenant is null ? Picks.Bringing(metadata) : Picks.Bringing([("x-tenant", tenant), .. metadata]);

    /// <summary>Ids of the instances that many calls of a tenant meet.</summary>
    public static string Places(this Bench bench, string? tenant, params (string Key, string Value)[] metadata)
    {
        TestLeg leg = Of(tenant, metadata);
        IEnumerable<string> places = Enumerable.Range(0, 60).Select(attempt =>
            bench.Router.Plan[Probe.Unary].RoutesFor(tenant).Route(leg, Picks.Random).Pick(Picks.Call(leg, attempt % 4))?.InstanceId ?? "-");
        return string.Join(' ', places.Distinct().Order(StringComparer.Ordinal));
    }
}
