namespace GrpcRouter;

/// <summary>Picks the instance that the call names, whether it is well or not; no other.</summary>
internal sealed class InstanceBalancer(string? header) : ILoadBalancer
{
    /// <summary>The metadata key where none is set.</summary>
    public const string DefaultHeader = "x-instance-id";

    private readonly string header = header ?? DefaultHeader;

    public InstanceChannel? Pick(InstanceSnapshot instances, in PickContext call) =>
        call.GetMetadata(header) is { } id ? instances.Find(id)?.Instance.ChannelFor(call) : null;
}
