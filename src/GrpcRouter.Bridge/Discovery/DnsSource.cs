using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace GrpcRouter;

/// <summary>Routers behind one name: every address is one.</summary>
internal sealed class DnsSource(Uri router, BridgeOptions options) : IRouterSource
{
    // Many channels may be lost at once, and a name server is not to be asked for each.
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);

    private TaskCompletionSource hinted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => $"dns:///{router.Authority}";

    public async IAsyncEnumerable<IReadOnlyList<RouterTarget>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            Volatile.Write(ref hinted, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            IPAddress[] addresses = await options.Resolve(router.IdnHost, cancellationToken).ConfigureAwait(false);
            if (addresses.Length == 0)
            {
                throw new InvalidOperationException("The name has no addresses.");
            }

            // A router that has an address of each family is one router, and must not be registered with twice.
            AddressFamily family = addresses.Any(static address => address.AddressFamily == AddressFamily.InterNetwork)
                ? AddressFamily.InterNetwork
                : AddressFamily.InterNetworkV6;
            yield return [.. addresses.Where(address => address.AddressFamily == family).Distinct().Select(address => RouterTarget.At(router, address))];
            await WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Hint() => Volatile.Read(ref hinted).TrySetResult();

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan interval = options.RouterDiscoveryInterval;
        TimeSpan least = interval < ShortestInterval ? interval : ShortestInterval;
        await Task.Delay(least, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        if (interval == least)
        {
            return;
        }

        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(Task.Delay(interval - least, options.TimeProvider, enough.Token), Volatile.Read(ref hinted).Task).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
