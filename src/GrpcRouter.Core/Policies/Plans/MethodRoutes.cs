namespace GrpcRouter;

/// <summary>Where the calls of one method go, among certain instances.</summary>
/// <param name="Target">Where calls go that no rule sends elsewhere.</param>
/// <param name="Routes">What sends calls elsewhere; null: nothing does.</param>
internal sealed record MethodRoutes(PickTarget Target, RouteTable? Routes)
{
    /// <summary>Where a call goes. To be asked once for a call: with weights the answer may be another the next time.</summary>
    public PickTarget Route(ClientLeg leg, PickRandom random) => Routes is null ? Target : Routes.Route(leg, random);
}
