namespace GrpcRouter;

/// <summary>Outlier detection of a service over the plans that follow each other: what is known of instances stays when the rules change.</summary>
internal sealed class OutlierWatch(RoutedService service, RouterHub hub, InstanceRegistry registry)
{
    private readonly Lock gate = new();
    private readonly OutlierDetector detector = new(hub.Random, hub.Time);
    private OutlierPlan? plan;

    /// <summary>Takes other rules; null ends all ejections.</summary>
    public void Configure(OutlierPlan? next)
    {
        lock (gate)
        {
            if (next != plan)
            {
                plan = next;
                Apply(detector.Configure(next, registry.Instances, hub.Time.GetTimestamp()));
            }
        }
    }

    /// <summary>Judges the instances when it is time.</summary>
    public void OnTick(long now)
    {
        lock (gate)
        {
            if (detector.IsDue(now))
            {
                Apply(detector.Step(registry.Instances, now));
            }
        }
    }

    private void Apply(IReadOnlyList<OutlierChange> changes)
    {
        foreach ((ServiceInstance instance, string? reason) in changes)
        {
            registry.Update(instance);
            if (reason is not null)
            {
                hub.Log.InstanceEjected(service.FullName, instance.Id, reason);
            }
            else
            {
                hub.Log.InstanceReturned(service.FullName, instance.Id);

                // It may have left while it was kept for this.
                registry.Forget(instance);
            }
        }
    }
}
