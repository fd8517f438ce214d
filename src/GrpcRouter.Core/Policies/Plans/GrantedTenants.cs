using System.Collections.Concurrent;

namespace GrpcRouter;

/// <summary>
/// The tenants that instances were set aside for, each with a plan of its own, which picks among these and the instances for everyone. A plan is made for a tenant's first call and goes with the last
/// of its instances, so there are no more than instances were granted, whatever tenants callers name.
/// </summary>
/// <param name="registry">Its lock guards the counts.</param>
/// <param name="make">Makes the plan of a tenant.</param>
internal sealed class GrantedTenants(InstanceRegistry registry, Func<string, PickPlan> make) : IChannelGroup
{
    private static readonly IReadOnlySet<string> Nobody = new HashSet<string>();

    private readonly ConcurrentDictionary<string, Granted> grants = new(StringComparer.Ordinal);
    private readonly HashSet<InstanceChannel> well = [];
    private int count;
    private int wellCount;

    /// <summary>No instance is set aside, so that all calls may go anywhere.</summary>
    public bool IsEmpty => Volatile.Read(ref count) == 0;

    /// <summary>An instance that is set aside is well.</summary>
    public bool HasWell => Volatile.Read(ref wellCount) > 0;

    /// <summary>The tenants.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>The plan of a tenant; null when no instance is set aside for it.</summary>
    public PickPlan? Find(string tenant) => grants.TryGetValue(tenant, out Granted? grant) ? Volatile.Read(ref grant.Plan) ?? Make(tenant) : null;

    public void OnTick(long now)
    {
        if (IsEmpty)
        {
            return;
        }

        foreach ((_, Granted grant) in grants)
        {
            Volatile.Read(ref grant.Plan)?.OnTick(now);
        }
    }

    public void Add(InstanceChannel channel)
    {
        if (channel.Tenants is not { } tenants)
        {
            return;
        }

        Grant(tenants);
        Update(channel);
    }

    public void Remove(InstanceChannel channel)
    {
        if (channel.Tenants is not { } tenants)
        {
            return;
        }

        Revoke(tenants);
        well.Remove(channel);
        Volatile.Write(ref wellCount, well.Count);
    }

    public void Regrant(InstanceChannel channel, IReadOnlySet<string>? before)
    {
        // First what is new, so that the plan of a tenant who has the channel before and after is not let go of meanwhile.
        Grant(channel.Tenants ?? Nobody);
        Revoke(before ?? Nobody);
        if (channel.Tenants is null)
        {
            well.Remove(channel);
            Volatile.Write(ref wellCount, well.Count);
        }
        else
        {
            Update(channel);
        }
    }

    public void Update(InstanceChannel channel)
    {
        if (channel.Tenants is not null)
        {
            _ = channel.Instance.IsWell ? well.Add(channel) : well.Remove(channel);
            Volatile.Write(ref wellCount, well.Count);
        }
    }

    /// <summary>No call picks by any of the plans any more.</summary>
    public void Release()
    {
        foreach ((_, Granted grant) in grants)
        {
            grant.Plan?.Release();
        }
    }

    private void Grant(IReadOnlySet<string> tenants)
    {
        foreach (string tenant in tenants)
        {
            grants.GetOrAdd(tenant, static _ => new Granted()).Channels++;
        }

        Volatile.Write(ref count, grants.Count);
    }

    private void Revoke(IReadOnlySet<string> tenants)
    {
        foreach (string tenant in tenants)
        {
            if (grants.TryGetValue(tenant, out Granted? grant) && --grant.Channels == 0)
            {
                grants.TryRemove(tenant, out _);
                grant.Plan?.Release();
            }
        }

        Volatile.Write(ref count, grants.Count);
    }

    private PickPlan? Make(string tenant) => registry.Quietly(() =>
    {
        if (!grants.TryGetValue(tenant, out Granted? grant))
        {
            return null;
        }

        if (grant.Plan is null)
        {
            Volatile.Write(ref grant.Plan, make(tenant));
        }

        return grant.Plan;
    });

    private sealed class Granted
    {
        public PickPlan? Plan;

        public int Channels { get; set; }
    }
}
