using System.IO.Pipelines;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

public sealed class RegistrationAnswerTests
{
    [Fact]
    public async Task An_instance_that_is_told_it_is_registered_gets_calls_from_then_on()
    {
        using Bench bench = new();
        using CancellationTokenSource stop = new();

        // Keeps the registry busy, so that an answer that does not wait for it gets ahead.
        Task busy = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                _ = bench.Router.Registry.All;
            }
        });
        for (int i = 0; i < 300; i++)
        {
            new ScriptedInstance().Connect(bench.Router).Send(InstanceFrame.Of(new InstanceControl { Hello = ScriptedInstance.Hello($"idle-{i}") }));
        }

        for (int i = 0; i < 200; i++)
        {
            Pipe pipe = new();
            PickableSink sink = new(bench.Router, $"new-{i}");
            Task channel = bench.Router.RunChannelAsync(pipe.Reader, sink, new ChannelPeer("ipv4:192.0.2.1:7"), CancellationToken.None);
            await pipe.Writer.WriteAsync(InstanceFrame.Of(new InstanceControl { Hello = ScriptedInstance.Hello($"new-{i}") }).ToBytes());

            Assert.True(await sink.IsPickableAtAnswer.Task, $"Registration {i} was answered before calls could come.");
            await pipe.Writer.CompleteAsync();
            await channel;
        }

        await stop.CancelAsync();
        await busy;
    }

    /// <summary>Notes whether the instance takes calls when its first frame leaves.</summary>
    private sealed class PickableSink(ServiceRouter router, string instanceId) : IFrameSink
    {
        public TaskCompletionSource<bool> IsPickableAtAnswer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> control, ReadOnlyMemory<byte> data)
        {
            IsPickableAtAnswer.TrySetResult(router.Registry.Pickable.Any(channel => channel.InstanceId == instanceId));
            return ValueTask.CompletedTask;
        }
    }
}
