namespace GrpcRouter;

/// <summary>
/// The instances with the values that a call chose. A call may keep it for longer than the family does, which drops what is empty: when the instances come back, they are found in their new
/// subset.
/// </summary>
internal sealed class FamilySubset(LabelFamily family, string key, LabelSelector selector, LocalityPlan locality, int panicThreshold)
    : Subset(selector, locality, panicThreshold)
{
    public override PickSet Current
    {
        get
        {
            PickSet own = base.Current;
            return own.Count > 0 ? own : family.CurrentOf(key, this) ?? own;
        }
    }
}
