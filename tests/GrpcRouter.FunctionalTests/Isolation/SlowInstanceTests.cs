using Google.Protobuf;
using Grpc.Core;

namespace GrpcRouter.FunctionalTests.Isolation;

/// <summary>One of two instances does not take what its clients send.</summary>
[Collection(HeapCollection.Name)]
public sealed class SlowInstanceTests : FunctionalTest
{
    private const int MiB = 1024 * 1024;
    private const int Uploads = 16;
    private const int Total = 4 * MiB;

    // The instance's window, the server's for the stream (512 KiB), and the client's own pipes.
    private const long PendingAt = 2 * MiB;

    private static readonly Chunk Piece = new() { Data = ByteString.CopyFrom(new byte[16 * 1024]) };

    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProbeService slow = new();
    private readonly ProbeService fast = new();
    private readonly long[] written = new long[Uploads];

    private readonly Always always = new();

    [Fact]
    public async Task Handlers_that_do_not_read_make_their_own_clients_writes_pend_and_no_one_elses()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Router = always.Use });
        slow.OnUpload = async (requests, context) =>
        {
            await release.Task;
            return await fast.OnUpload(requests, context);
        };
        await rig.AddInstanceAsync(slow, static options => options.InstanceId = "slow");
        await rig.AddInstanceAsync(fast, static options => options.InstanceId = "fast");

        await PendAsync(rig, release.SetResult, () =>
        {
            Assert.Equal(Uploads / 2, slow.Running);

            // The slow instance answers what is not held up by its own handler.
            return CallAsync(rig, "slow");
        });
    }

    [Fact]
    public async Task A_connection_that_takes_nothing_makes_its_own_clients_writes_pend_and_no_one_elses()
    {
        Rig rig = await StartAsync(new RigOptions { Instances = 0, Router = always.Use });
        Line line = new();
        await rig.AddInstanceAsync(slow, options =>
        {
            options.InstanceId = "slow";
            options.ConfigureHandler = line.Plug;

            // More than the transport takes in all, so that it is the channel's line that holds the calls.
            options.CallWindow = MiB;
        });
        await rig.AddInstanceAsync(fast, static options => options.InstanceId = "fast");
        line.Receiving.Close();

        await PendAsync(rig, line.Receiving.Open, () =>
        {
            InstanceChannel stuck = rig.Router.Instances.Single(static channel => channel.InstanceId == "slow");
            Assert.InRange(stuck.Output.QueuedTurns, 1, Uploads / 2);
            return Task.CompletedTask;
        });
    }

    /// <summary>Half of the uploads go to each instance; those to the slow one pend until it goes on.</summary>
    private async Task PendAsync(Rig rig, Action goOn, Func<Task> whilePending)
    {
        AsyncClientStreamingCall<Chunk, Chunk>[] calls = [.. Enumerable.Range(0, Uploads).Select(_ => rig.Client.Upload())];
        Task[] writing = [.. calls.Select((call, i) => WriteAsync(call, i))];
        await Until.TrueAsync(() => writing.Count(static write => write.IsCompletedSuccessfully) == Uploads / 2, "The uploads to the fast instance did not end.");
        int[] pending = [.. Enumerable.Range(0, Uploads).Where(i => !writing[i].IsCompleted)];
        foreach (int i in Enumerable.Range(0, Uploads).Except(pending))
        {
            Assert.Equal(Total, (await calls[i].ResponseAsync.Soon("An upload to the fast instance was not answered.")).Number);
        }

        long heap = Heap.Collected();
        await whilePending();
        await CallAsync(rig, "fast");
        for (int i = 0; i < Uploads; i++)
        {
            AsyncClientStreamingCall<Chunk, Chunk> call = rig.Client.Upload();
            await WriteAsync(call, pending[0], count: false);
            Assert.Equal(Total, (await call.ResponseAsync.Soon("An upload to the fast instance waits for the slow one.")).Number);
        }

        Assert.Equal(Uploads / 2, pending.Length);
        Assert.All(pending, i => Assert.False(writing[i].IsCompleted));
        Assert.All(pending, i => Assert.InRange(Volatile.Read(ref written[i]), 1, PendingAt));
        Assert.InRange(Heap.Collected() - heap, long.MinValue, 48 * MiB);

        goOn();
        await Task.WhenAll(writing).Soon("The writes to the slow instance did not go on.");
        foreach (AsyncClientStreamingCall<Chunk, Chunk> call in calls)
        {
            Assert.Equal(Total, (await call.ResponseAsync.Soon("An upload to the slow instance was not answered.")).Number);
        }
    }

    private async Task WriteAsync(AsyncClientStreamingCall<Chunk, Chunk> call, int index, bool count = true)
    {
        for (int sent = 0; sent < Total; sent += Piece.Data.Length)
        {
            await call.RequestStream.WriteAsync(Piece);
            if (count)
            {
                Volatile.Write(ref written[index], sent + Piece.Data.Length);
            }
        }

        await call.RequestStream.CompleteAsync();
    }

    private async Task CallAsync(Rig rig, string instance)
    {
        // From here on all calls go to this one.
        always.Instance = instance;
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(i, (await rig.Client.UnaryAsync(new Chunk { Number = i }).ResponseAsync.Soon($"A small call to the {instance} instance waits.")).Number);
        }
    }

    private sealed class Always : ILoadBalancer
    {
        private readonly RoundRobinBalancer turns = new();

        public string? Instance { get; set; }

        public void Use(RouterOptions options)
        {
            options.LoadBalancers["always"] = _ => this;
            options.Defaults.LoadBalancing.Policy = "always";
        }

        public InstanceChannel? Pick(InstanceSnapshot instances, in PickContext call) =>
            Instance is null ? turns.Pick(instances, call) : instances.Find(Instance);
    }
}
