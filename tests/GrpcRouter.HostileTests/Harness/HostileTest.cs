using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GrpcRouter.HostileTests;

/// <summary>Starts the arena of a test, and watches the memory that an attack takes.</summary>
public abstract class HostileTest : IAsyncDisposable
{
    protected const int MiB = 1024 * 1024;

    private Arena? arena;
    private long before;

    private protected async Task<Arena> StartAsync(
        Action<RouterOptions>? router = null, Action<KestrelServerLimits>? kestrel = null, bool bridge = true, TimeProvider? time = null)
    {
        arena = await Arena.StartAsync(router, kestrel, bridge, time);
        before = Heap.Collected();
        return arena;
    }

    /// <summary>The objects of router, attacker and honest peers together have not grown by more than the bound since the start.</summary>
    private protected void MemoryIsWithin(long bytes)
    {
        long grown = Heap.Collected() - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"The heap grew by {grown / 1024} KiB.");
        Assert.InRange(grown, long.MinValue, bytes);
    }

    public async ValueTask DisposeAsync()
    {
        if (arena is not null)
        {
            await arena.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
