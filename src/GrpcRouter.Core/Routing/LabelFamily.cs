using System.Collections.Concurrent;
using System.Text;

namespace GrpcRouter;

/// <summary>
/// A subset for each combination of values that instances have for certain labels. Values that no instance has take no room, whatever callers ask for, and an instance that comes or
/// goes touches its own subset only.
/// </summary>
/// <param name="common">Labels that all of them have beside.</param>
/// <param name="headers">The labels, and what callers name their values by.</param>
/// <param name="makeSubset">Makes a subset of the family.</param>
/// <param name="rules">How is picked in them.</param>
internal sealed class LabelFamily(LabelSelector common, LabelHeader[] headers, Func<LabelFamily, string, LabelSelector, FamilySubset> makeSubset, PickRules rules) : IChannelGroup
{
    private readonly ConcurrentDictionary<string, PickTarget> targets = new(StringComparer.Ordinal);

    /// <summary>The subsets that have instances.</summary>
    public int Count => targets.Count;

    /// <summary>The instances that have the values the call brings; it brings all of them.</summary>
    public PickTarget For(ClientLeg leg)
    {
        string key = KeyOf(header => leg.GetHeader(header.Key))!;
        return targets.TryGetValue(key, out PickTarget? target) ? target : Make(key, header => leg.GetHeader(header.Key) ?? "");
    }

    /// <summary>What can be picked for a key at the moment, other than from the subset that asks.</summary>
    public PickSet? CurrentOf(string key, Subset asking) =>
        targets.TryGetValue(key, out PickTarget? target) && target.Subset != asking ? target.Subset.Current : null;

    public void OnTick(long now)
    {
        foreach ((_, PickTarget target) in targets)
        {
            target.OnTick(now);
        }
    }

    public void Add(InstanceChannel channel)
    {
        if (common.Matches(channel) && KeyOf(channel) is { } key)
        {
            if (!targets.TryGetValue(key, out PickTarget? target))
            {
                target = Make(key, header => channel.Labels[header.Label]);
                targets[key] = target;
            }

            target.Subset.Add(channel);
        }
    }

    public void Remove(InstanceChannel channel)
    {
        if (KeyOf(channel) is { } key && targets.TryGetValue(key, out PickTarget? target))
        {
            target.Subset.Remove(channel);
            if (target.Subset.IsEmpty)
            {
                targets.TryRemove(key, out _);
            }
        }
    }

    public void Regrant(InstanceChannel channel, IReadOnlySet<string>? before)
    {
        if (common.Matches(channel))
        {
            Add(channel);
        }
        else
        {
            Remove(channel);
        }
    }

    public void Update(InstanceChannel channel)
    {
        if (KeyOf(channel) is { } key && targets.TryGetValue(key, out PickTarget? target))
        {
            target.Subset.Update(channel);
        }
    }

    private PickTarget Make(string key, Func<LabelHeader, string> valueOf)
    {
        LabelSelector selector = common.With(headers.Select(header => KeyValuePair.Create(header.Label, valueOf(header))));
        return new PickTarget(makeSubset(this, key, selector), rules);
    }

    private string? KeyOf(InstanceChannel channel) => KeyOf(header => channel.Labels.GetValueOrDefault(header.Label));

    // With their lengths, so that no two combinations look alike.
    private string? KeyOf(Func<LabelHeader, string?> valueOf)
    {
        if (headers.Length == 1)
        {
            return valueOf(headers[0]);
        }

        StringBuilder key = new();
        foreach (LabelHeader header in headers)
        {
            if (valueOf(header) is not { } value)
            {
                return null;
            }

            key.Append(value.Length).Append(':').Append(value);
        }

        return key.ToString();
    }
}
