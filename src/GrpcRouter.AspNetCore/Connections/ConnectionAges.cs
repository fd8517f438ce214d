using GrpcRouter.Protocol;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace GrpcRouter;

/// <summary>
/// Bounds the age of clients' connections. A connection's age begins with its first call rather than when it is accepted: then it is known to be a
/// client's, and an endpoint needs no middleware of ours, which defaults of the application's own would displace.
/// </summary>
internal sealed class ConnectionAges(RouterHub hub, TimeProvider? time = null)
{
    private static readonly object ItemKey = new();
    private static readonly object Exempted = new();

    /// <summary>Whether there is a bound at all.</summary>
    public bool AreBounded => hub.Options.MaxConnectionAge is not null;

    /// <summary>A call has come on a connection: bounds its age, unless that was done before or an instance is registered on it.</summary>
    public void Begin(IFeatureCollection features)
    {
        IDictionary<object, object?>? items = features.Get<IConnectionItemsFeature>()?.Items;
        RouterOptions options = hub.Options;
        if (items is null
            || options.MaxConnectionAge is not { } age
            || features.Get<IConnectionLifetimeNotificationFeature>() is not { } notification
            || features.Get<IConnectionLifetimeFeature>() is not { } lifetime)
        {
            return;
        }

        // Calls of one connection run at once, and its items are a plain dictionary.
        lock (items)
        {
            if (!items.ContainsKey(ItemKey))
            {
                items[ItemKey] = new ConnectionAge(AgeSpread.Of(age, hub.NextRandom()), options.MaxConnectionAgeGrace, notification, lifetime, time ?? TimeProvider.System);
            }
        }
    }

    /// <summary>An instance registers on a connection, which then stays, also when ages are bounded later: what is bounded is the age of its channel.</summary>
    public void Exempt(IFeatureCollection features)
    {
        if (features.Get<IConnectionItemsFeature>()?.Items is not { } items)
        {
            return;
        }

        lock (items)
        {
            if (items.TryGetValue(ItemKey, out object? known) && known is ConnectionAge age)
            {
                age.Dispose();
            }

            items[ItemKey] = Exempted;
        }
    }
}
