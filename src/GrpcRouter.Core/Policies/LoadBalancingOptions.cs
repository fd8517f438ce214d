namespace GrpcRouter;

/// <summary>Which instance serves a call.</summary>
public sealed class LoadBalancingOptions
{
    /// <summary>
    /// Name of the policy: one of <see cref="LoadBalancingPolicies"/>, or one that was registered with <c>AddLoadBalancer</c>. Default <c>round_robin</c>.
    /// </summary>
    public string? Policy { get; set; }

    /// <summary>Instances that <c>least_request</c> compares, 2 to 10. Default 2. <c>power_of_two</c> and <c>peak_ewma</c> always compare two.</summary>
    public int? ChoiceCount { get; set; }

    /// <summary>
    /// The metadata key whose value <c>ring_hash</c> and <c>maglev</c> hash; a call without it goes to a random instance. For <c>instance</c> the key that names the
    /// instance, by default <c>x-instance-id</c>; a call without it ends UNAVAILABLE. Not a <c>-bin</c> key (gRFC A42).
    /// </summary>
    public string? HashHeader { get; set; }

    /// <summary>
    /// With <c>ring_hash</c> and <c>maglev</c>: an instance with more than this many times the mean of calls under way is passed over. More than 1; default: no bound.
    /// </summary>
    public double? BoundedLoad { get; set; }

    /// <summary>
    /// Points of a ring of eight instances of equal weight, 1 to 8,388,608; with fewer or more instances each still has as many. The more, the more even the shares. Default 1,024, which is 128
    /// for each; the lightest has these where weights differ.
    /// </summary>
    public int? MinRingSize { get; set; }

    /// <summary>
    /// Most points of the ring, <see cref="MinRingSize"/> to 8,388,608. With more instances than it has room for each has fewer points, one at least, and more keys move when one comes or goes.
    /// Default 131,072, which is room for 1,024 instances.
    /// </summary>
    public int? MaxRingSize { get; set; }

    /// <summary>Entries of the table of <c>maglev</c>, a prime of up to 5,000,011. Default 65,537.</summary>
    public int? MaglevTableSize { get; set; }

    /// <summary>Time in which <c>peak_ewma</c> forgets most of a latency. Positive; default 10 s.</summary>
    public TimeSpan? DecayTime { get; set; }

    /// <summary>
    /// The named signal of load reports that takes the place of utilization in the weights of <c>weighted_round_robin</c>. Default: the utilization itself.
    /// </summary>
    public string? WeightSignal { get; set; }

    /// <summary>How much errors lower the weight of an instance, 0 and more. Default 1 (gRFC A58).</summary>
    public double? ErrorPenalty { get; set; }

    /// <summary>Time for which reports must have come before they weigh. Default 10 s (gRFC A58).</summary>
    public TimeSpan? BlackoutPeriod { get; set; }

    /// <summary>Time without a report after which the last one does not weigh any more. Default 3 min (gRFC A58).</summary>
    public TimeSpan? WeightExpiration { get; set; }

    /// <summary>
    /// Pins each session to the instance of its first call: responses carry the metadata <c>grpcrouter-session</c>, and a call that brings it back goes
    /// to the same instance, also while that is about to leave (gRFC A55). Default false.
    /// </summary>
    public bool? SessionAffinity { get; set; }
}
