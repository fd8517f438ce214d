namespace GrpcRouter;

/// <summary>What outlier detection knows of one instance (gRFC A50: its entry in the map). All but <see cref="Outcomes"/> is the detector's.</summary>
internal sealed class OutlierState
{
    /// <summary>Calls that have ended since the last step.</summary>
    public OutcomeCounter Outcomes { get; } = new();

    /// <summary>Since when it is ejected, as a timestamp; means nothing when it is not.</summary>
    public long EjectedAt { get; set; }

    /// <summary>Grows with each ejection, and shrinks with each interval without one.</summary>
    public int Multiplier { get; set; }
}
