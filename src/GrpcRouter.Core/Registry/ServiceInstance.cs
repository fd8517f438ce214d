using GrpcRouter.V1;

namespace GrpcRouter;

/// <summary>
/// An instance of a service, whatever channels it has at the moment. It outlives a reconnect, so that what is known of it is not forgotten by one.
/// </summary>
public sealed class ServiceInstance
{
    private InstanceChannel[] channels = [];

    // Most instances have one channel; among thousands, each step on the way to its count is a miss of the cache.
    private CallTable? onlyCalls;
    private LoadSnapshot? load;
    private int health;
    private string ejectionReason = "";

    internal ServiceInstance(string id)
    {
        Id = id;
        Session = KeyHash.Of(id);
        SessionToken = Session.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Names the instance; stable over its reconnects.</summary>
    public string Id { get; }

    /// <summary>Its open channels, draining ones among them.</summary>
    public IReadOnlyList<InstanceChannel> Channels => Volatile.Read(ref channels);

    /// <summary>Calls under way on all its channels.</summary>
    public int ActiveCalls
    {
        get
        {
            if (Volatile.Read(ref onlyCalls) is { } only)
            {
                return only.Count;
            }

            int sum = 0;
            foreach (InstanceChannel channel in Volatile.Read(ref channels))
            {
                sum += channel.ActiveCalls;
            }

            return sum;
        }
    }

    /// <summary>
    /// The tenants whose calls it may serve, as granted to its newest channel; null: those of all tenants, and calls without one. What counts for a call is
    /// <see cref="InstanceChannel.Tenants"/> of the channel it goes to.
    /// </summary>
    public IReadOnlySet<string>? Tenants => Volatile.Read(ref channels) is [.., var newest] ? newest.Tenants : null;

    /// <summary>How it says that it does.</summary>
    public InstanceHealth Health => (InstanceHealth)Volatile.Read(ref health);

    /// <summary>Why, in its own words; empty when it said nothing.</summary>
    public string HealthReason { get; private set; } = "";

    /// <summary>It failed more than others and is left out for a while.</summary>
    public bool IsEjected => Volatile.Read(ref EjectedFlag);

    /// <summary>Why it is ejected, with the figures that it was judged by; empty when it is not.</summary>
    public string EjectionReason => Volatile.Read(ref ejectionReason);

    /// <summary>The last load report; null when there was none.</summary>
    public LoadSnapshot? Load => Volatile.Read(ref load);

    /// <summary>Since when it can be picked, as a timestamp of the router's clock; it begins anew when it has had no channel.</summary>
    public long ReadySince { get; internal set; }

    /// <summary>It may be picked while others are there too.</summary>
    public bool IsWell => Health == InstanceHealth.Serving && !IsEjected;

    internal bool EjectedFlag;

    /// <summary>How long its calls have taken of late.</summary>
    internal PeakLatency Latency { get; } = new();

    /// <summary>The number of sessions that are pinned to it: a hash of its id, so that all routers give the same.</summary>
    internal ulong Session { get; }

    /// <summary>The number in hexadecimal, as sessions bring it.</summary>
    internal string SessionToken { get; }

    /// <summary>What outlier detection knows of it.</summary>
    internal OutlierState Outlier { get; } = new();

    /// <inheritdoc/>
    public override string ToString() => $"{Id}, {Health}{(IsEjected ? ", ejected" : "")}, {Channels.Count} channels";

    /// <summary>Counts a call that has ended here. To be called where the plan tracks outcomes, from any thread.</summary>
    internal void RecordOutcome(bool success) => Outlier.Outcomes.Record(success);

    /// <summary>Takes the latency of a call that has ended here. To be called where the method's plan tracks latencies, from any thread.</summary>
    /// <param name="ticks">How long it took, in units of the router's clock.</param>
    /// <param name="now">A timestamp of the router's clock.</param>
    /// <param name="decay"><see cref="MethodPlan.LatencyDecay"/>.</param>
    internal void OnLatency(long ticks, long now, long decay) => Latency.Add(ticks, now, decay);

    /// <summary>Gives one of its channels that takes the call, any of them; its first when none does, and null when it has none.</summary>
    internal InstanceChannel? ChannelFor(in PickContext call)
    {
        InstanceChannel[] all = Volatile.Read(ref channels);
        if (all.Length == 0)
        {
            return null;
        }

        int start = all.Length == 1 ? 0 : call.Next(all.Length);
        for (int i = 0; i < all.Length; i++)
        {
            InstanceChannel channel = all[(start + i) % all.Length];
            if (channel.State == InstanceState.Ready && channel.Serves(call.Tenant))
            {
                return channel;
            }
        }

        return all[0];
    }

    /// <param name="reason">Null: it is back.</param>
    internal void SetEjected(string? reason)
    {
        Volatile.Write(ref ejectionReason, reason ?? "");
        Volatile.Write(ref EjectedFlag, reason is not null);
    }

    internal void Add_NeedsLock(InstanceChannel channel) => Set_NeedsLock([.. channels, channel]);

    internal void Remove_NeedsLock(InstanceChannel channel) => Set_NeedsLock([.. channels.Where(other => !ReferenceEquals(other, channel))]);

    private void Set_NeedsLock(InstanceChannel[] changed)
    {
        Volatile.Write(ref channels, changed);
        Volatile.Write(ref onlyCalls, changed.Length == 1 ? changed[0].Calls : null);
    }

    /// <summary>Takes a report.</summary>
    /// <param name="report">What the instance said; numbers that are none count as zero.</param>
    /// <param name="now">A timestamp of the router's clock.</param>
    /// <returns>True when it is well where it was not, or the other way round.</returns>
    internal bool TakeReport(LoadReport report, long now)
    {
        LoadSnapshot? before = Load;
        Volatile.Write(ref load, new LoadSnapshot(
            now,
            before?.Since ?? now,
            Sane(report.Utilization),
            Sane(report.CallsPerSecond),
            Sane(report.ErrorsPerSecond),
            report.Named.Count == 0 ? EmptySignals : report.Named.ToDictionary(static pair => pair.Key, static pair => Sane(pair.Value), StringComparer.Ordinal)));
        InstanceHealth said = report.Health switch
        {
            HealthStatus.NotServing => InstanceHealth.NotServing,
            HealthStatus.Draining => InstanceHealth.Draining,
            _ => InstanceHealth.Serving,
        };
        HealthReason = report.HealthReason;
        return Interlocked.Exchange(ref health, (int)said) != (int)said;
    }

    private static readonly IReadOnlyDictionary<string, double> EmptySignals = new Dictionary<string, double>(StringComparer.Ordinal);

    private static double Sane(double value) => double.IsFinite(value) && value > 0 ? value : 0;
}
