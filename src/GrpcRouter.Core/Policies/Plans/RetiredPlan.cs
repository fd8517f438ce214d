namespace GrpcRouter;

/// <summary>A plan that was replaced. Calls that began with it may still be under way, and pick, wait and are counted by it.</summary>
internal sealed class RetiredPlan(ServicePlan plan)
{
    private bool wasIdle;

    public ServicePlan Plan => plan;

    /// <summary>The last of its calls has ended. To be asked once a second.</summary>
    /// <remarks>A call is counted up and down in several places that are summed one after the other; only a sum that is zero twice is one.</remarks>
    public bool IsOver()
    {
        bool idle = plan.Live.Total <= 0;
        Released = idle && wasIdle;
        wasIdle = idle;
        return Released;
    }

    /// <summary>It was found to be over.</summary>
    public bool Released { get; private set; }
}
