namespace GrpcRouter;

/// <summary>The rates of instances within one pick: an instance that is over its own is passed over while others are not.</summary>
internal struct InstanceTurns(RoutedCall call, TimeProvider time, PickRandom random)
{
    // Of many instances a few looks find one that has room; of few they find all.
    private const int MostLooks = 64;

    private MethodRate? full;
    private long wait;
    private long? now;

    /// <summary>There are rules for instances.</summary>
    public readonly bool AreLimited => call.Limits.InstanceRates is not null;

    /// <summary>Counts the attempt at an instance.</summary>
    /// <returns>False when that is over its rate.</returns>
    public bool TryTake(ServiceInstance instance)
    {
        now ??= time.GetTimestamp();
        if (call.TryPlace(instance, now.Value, out MethodRate? rule, out long until))
        {
            return true;
        }

        // Until the first of them has room.
        wait = full is null ? until : Math.Min(wait, until);
        full = rule;
        return false;
    }

    /// <summary>Looks for an instance within its rate, and counts the attempt there.</summary>
    /// <param name="target">Where the call's route leads.</param>
    /// <param name="startLength">What its start takes of a frame, in bytes.</param>
    /// <param name="maxCalls">Calls that an instance may have.</param>
    public InstanceChannel? FindOther(PickTarget target, int startLength, int maxCalls)
    {
        PickSet set = target.Subset.Current;

        // What is not well stays left out, unless nothing is.
        ReadOnlySpan<InstanceSnapshot> lists = set.Only == Subset.Panic ? set.Lists.AsSpan(Subset.Panic) : set.Lists.AsSpan(0, Subset.Localities);
        foreach (InstanceSnapshot channels in lists)
        {
            int looks = Math.Min(channels.Count, MostLooks);
            int from = looks == 0 ? 0 : random.Next(channels.Count);
            for (int i = 0; i < looks; i++)
            {
                InstanceChannel channel = channels[(from + i) % channels.Count];
                ServiceInstance instance = channel.Instance;
                if (channel.State == InstanceState.Ready && startLength <= channel.MaxStartLength && instance.ActiveCalls < maxCalls && !call.HasTried(instance) && TryTake(instance))
                {
                    return channel;
                }
            }
        }

        return null;
    }

    /// <summary>The attempt did not come about.</summary>
    public readonly void GiveBack() => call.Unplace();

    /// <summary>Counts and says that every instance was over its rate; null when none was.</summary>
    public readonly RouterStatus? Refuse() => full?.Refuse(time.GetElapsedTime(0, wait));
}
