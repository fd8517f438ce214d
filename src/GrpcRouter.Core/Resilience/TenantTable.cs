using System.Collections.Concurrent;

namespace GrpcRouter;

/// <summary>
/// The tenants with calls under way, each counted exactly. A tenant that falls idle stays until the next sweep, so that one call after the other finds it there; clients choose the
/// names, so it stays only while the table is small.
/// </summary>
internal sealed class TenantTable
{
    /// <summary>Beyond so many tenants idle ones go at once: some hundred kilobytes, whatever names a client makes up.</summary>
    public const int KeptTenants = 1024;

    private readonly ConcurrentDictionary<string, Tenant> tenants = new(StringComparer.Ordinal);
    private int limit;
    private int count;

    /// <param name="limit">Calls under way for one tenant.</param>
    public TenantTable(int limit) => this.limit = limit;

    /// <summary>Calls under way for one tenant. With a lower one those that run go on.</summary>
    public int Limit
    {
        get => Volatile.Read(ref limit);
        set => Volatile.Write(ref limit, value);
    }

    /// <summary>Tenants in the table.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Counts a call.</summary>
    /// <returns>The tenant; null when it has as many calls as it may.</returns>
    public Tenant? TryEnter(string name)
    {
        while (true)
        {
            Tenant tenant = Find(name);
            switch (tenant.TryEnter(Limit))
            {
                case true:
                    return tenant;
                case false:
                    return null;
                default:
                    // Whoever retired it is about to remove it; the first of both does.
                    Remove(tenant);
                    break;
            }
        }
    }

    /// <summary>The call is over.</summary>
    public void Exit(Tenant tenant)
    {
        if (tenant.Exit() && Count > KeptTenants && tenant.TryRetire())
        {
            Remove(tenant);
        }
    }

    /// <summary>Removes the idle ones.</summary>
    public void Sweep()
    {
        foreach ((_, Tenant tenant) in tenants)
        {
            if (tenant.TryRetire())
            {
                Remove(tenant);
            }
        }
    }

    private Tenant Find(string name)
    {
        Tenant? tenant;
        while (!tenants.TryGetValue(name, out tenant))
        {
            tenant = new Tenant(name);
            if (tenants.TryAdd(name, tenant))
            {
                Interlocked.Increment(ref count);
                return tenant;
            }
        }

        return tenant;
    }

    private void Remove(Tenant tenant)
    {
        if (tenants.TryRemove(new KeyValuePair<string, Tenant>(tenant.Name, tenant)))
        {
            Interlocked.Decrement(ref count);
        }
    }
}
