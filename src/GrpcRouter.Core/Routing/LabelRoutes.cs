namespace GrpcRouter;

/// <summary>
/// The instances of a target by the labels that callers choose by. For each combination of keys that calls bring there is a family, made when the first such call comes; there are
/// at most 16, because there are at most 4 keys.
/// </summary>
internal sealed class LabelRoutes(LabelHeader[] headers, PlanGroups groups, Func<LabelHeader[], LabelFamily> make)
{
    private readonly LabelFamily?[] families = new LabelFamily?[1 << headers.Length];

    /// <summary>The instances that the call chooses; null when it does not choose.</summary>
    public PickTarget? Find(ClientLeg leg)
    {
        int brought = 0;
        for (int i = 0; i < headers.Length; i++)
        {
            brought |= leg.GetHeader(headers[i].Key) is null ? 0 : 1 << i;
        }

        return brought == 0 ? null : (Volatile.Read(ref families[brought]) ?? Make(brought)).For(leg);
    }

    public void OnTick(long now)
    {
        for (int i = 0; i < families.Length; i++)
        {
            Volatile.Read(ref families[i])?.OnTick(now);
        }
    }

    private LabelFamily Make(int brought)
    {
        lock (families)
        {
            if (families[brought] is { } made)
            {
                return made;
            }

            LabelFamily family = groups.Add(make([.. headers.Where((_, index) => (brought >> index & 1) != 0)]));
            Volatile.Write(ref families[brought], family);
            return family;
        }
    }
}
