using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>Gives the host the time that the router takes to stop, unless the application says how long it has.</summary>
internal sealed class RouterHostSetup(IOptions<RouterOptions> router) : IConfigureOptions<HostOptions>
{
    /// <summary>For what comes after the calls: last frames, connections, and other services of the application.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    public void Configure(HostOptions options)
    {
        TimeSpan needed = router.Value.DrainDelay + router.Value.DrainGrace + Rest;
        if (options.ShutdownTimeout < needed && options.ShutdownTimeout != Timeout.InfiniteTimeSpan)
        {
            options.ShutdownTimeout = needed;
        }
    }

    /// <summary>What a host's timeout leaves for running calls.</summary>
    public static TimeSpan GraceWithin(TimeSpan timeout, RouterOptions options)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return options.DrainGrace;
        }

        TimeSpan rest = timeout / 5 < Rest ? timeout / 5 : Rest;
        TimeSpan left = timeout - rest - options.DrainDelay;
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left < options.DrainGrace ? left : options.DrainGrace;
    }
}
