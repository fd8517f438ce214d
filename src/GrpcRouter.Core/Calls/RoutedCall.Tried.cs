namespace GrpcRouter;

/// <content>The instances that attempts of the call have failed on.</content>
internal sealed partial class RoutedCall
{
    // Of many instances a few looks find one that was not tried; of few they find all.
    private const int MostLooks = 64;

    private readonly List<ServiceInstance> tried = [];

    /// <summary>An attempt of the call has failed there, or one of a hedged call was sent there.</summary>
    public bool HasTried(ServiceInstance instance) =>
        (tried.Count > 0 && tried.Contains(instance)) || (hedge is not null && hedge.HasTried(instance));

    /// <summary>Looks for a channel of an instance that was not tried; null when it finds none.</summary>
    public InstanceChannel? FindUntried(PickTarget target)
    {
        PickSet set = target.Subset.Current;
        foreach (InstanceSnapshot list in set.Lists)
        {
            int looks = Math.Min(list.Count, MostLooks);
            int from = looks == 0 ? 0 : router.Hub.Random.Next(list.Count);
            for (int i = 0; i < looks; i++)
            {
                InstanceChannel channel = list[(from + i) % list.Count];
                if (!HasTried(channel.Instance))
                {
                    return channel;
                }
            }
        }

        return null;
    }
}
