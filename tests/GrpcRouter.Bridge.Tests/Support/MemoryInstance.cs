using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

/// <summary>An instance that registers in memory with a real router, and does nothing else.</summary>
internal sealed class MemoryInstance(string id) : IFrameSink
{
    private readonly Pipe toRouter = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
    private readonly TaskCompletionSource registered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the router has accepted the registration.</summary>
    public Task Registered => registered.Task;

    public void Dial(ServiceRouter router)
    {
        byte[] hello = new ProbeInstanceFrame
        {
            Control = new InstanceControl
            {
                Hello = new Hello { Versions = { 1 }, Service = router.Service.FullName, InstanceId = id, Epoch = 1, InitialWindow = 65_536, MaxFrameSize = 262_144 },
            },
        }.ToByteArray();
        Span<byte> frame = toRouter.Writer.GetSpan(hello.Length + FrameField.PrefixLength);
        frame[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(frame[1..], (uint)hello.Length);
        hello.CopyTo(frame[FrameField.PrefixLength..]);
        toRouter.Writer.Advance(hello.Length + FrameField.PrefixLength);
        _ = router.RunChannelAsync(toRouter.Reader, this, new ChannelPeer("ipv4:192.0.2.1:7"), CancellationToken.None);
        Assert.True(toRouter.Writer.FlushAsync().IsCompleted);
    }

    ValueTask IFrameSink.WriteAsync(ReadOnlyMemory<byte> control, ReadOnlyMemory<byte> data)
    {
        if (!registered.Task.IsCompleted)
        {
            int length = (int)BinaryPrimitives.ReadUInt32BigEndian(control.Span[1..]);
            ProbeRouterFrame first = ProbeRouterFrame.Parser.ParseFrom(control.Span.Slice(FrameField.PrefixLength, length));
            if (first.Control?.Registered is null)
            {
                registered.SetException(new InvalidOperationException($"The router answered {first}."));
            }
            else
            {
                registered.SetResult();
            }
        }

        return ValueTask.CompletedTask;
    }
}
