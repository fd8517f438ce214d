namespace GrpcRouter;

/// <summary>Instances nearby first: those with the router's own <c>region</c> and <c>zone</c> label, then those with its region, then all others.</summary>
public sealed class LocalityOptions
{
    /// <summary>The region this router is in. Default: none, and then all instances are alike.</summary>
    public string? Region { get; set; }

    /// <summary>The zone within the region. Default: none.</summary>
    public string? Zone { get; set; }

    /// <summary>
    /// With less than its share of instances well, a locality passes load on: it keeps its share of well instances times this. 1 and more; default 1.4.
    /// </summary>
    public double? Overprovisioning { get; set; }
}
