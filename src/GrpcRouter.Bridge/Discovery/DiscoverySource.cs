using System.Runtime.CompilerServices;

namespace GrpcRouter;

/// <summary>Routers as the application tells them.</summary>
internal sealed class DiscoverySource(IRouterDiscovery discovery) : IRouterSource
{
    public string Name => discovery.GetType().Name;

    public async IAsyncEnumerable<IReadOnlyList<RouterTarget>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (IReadOnlyList<Uri> list in discovery.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            if (list.FirstOrDefault(static router => !RouterAddress.IsUsable(router)) is { } wrong)
            {
                throw new InvalidOperationException($"'{wrong}' is not an address such as https://router.example:443.");
            }

            yield return [.. list.Select(static router => new RouterTarget(router))];
        }
    }

    // It tells changes by itself.
    public void Hint()
    {
    }
}
