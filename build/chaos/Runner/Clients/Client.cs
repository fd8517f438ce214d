using Grpc.Core;
using GrpcRouter.Tests;

namespace GrpcRouter.Chaos;

/// <summary>A client that knows all routers, has a connection to each, and stays with one until it fails.</summary>
internal sealed class Client : IAsyncDisposable
{
    private readonly ChannelBase[] channels;
    private readonly Workload.WorkloadClient[] stubs;
    private int current;

    public Client(IReadOnlyList<string> routers, int first)
    {
        channels = [.. routers.Select(router => ChaosChannel.To(router, Sent))];
        stubs = [.. channels.Select(static channel => new Workload.WorkloadClient(channel))];
        current = first % channels.Length;
    }

    /// <summary>What the routers said of calls that ended inside a message.</summary>
    public SentStatuses Sent { get; } = new(CallHeaders.CallId);

    /// <summary>Runs a call, at another router too when one turns it away. Each router is asked at most twice: both may be restarting in turn.</summary>
    public async Task RunAsync(Func<Workload.WorkloadClient, Task> call, Action<int> onAttempt)
    {
        for (int attempt = 1; ; attempt++)
        {
            int router = Volatile.Read(ref current);
            onAttempt(router);
            try
            {
                await call(stubs[router]);
                return;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable)
            {
                Interlocked.CompareExchange(ref current, (router + 1) % channels.Length, router);
                if (channels.Length == 1 || attempt == channels.Length * 2 || !Refusal.NeverRan(error))
                {
                    throw;
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ChannelBase channel in channels)
        {
            await channel.ShutdownAsync();
        }
    }
}
