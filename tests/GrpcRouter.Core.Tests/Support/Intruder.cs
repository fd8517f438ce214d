using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Core.Tests;

/// <summary>An instance that registers and at once answers a call that it was never given.</summary>
internal sealed class Intruder(ServiceRouter router) : IFrameSink
{
    private readonly byte[] hello = InstanceFrame.Of(new InstanceControl { Hello = ScriptedInstance.Hello("intruder") }).ToBytes();

    /// <summary>Opens a channel, answers the call, and gives the status that the channel ends with.</summary>
    public Task<Status> ReplyAsync(ulong id)
    {
        byte[] reply = (InstanceFrame.Message(id, Probe.Unary, [6, 6, 6]) with { End = new CallEnd() }).ToBytes();
        PipeReader frames = PipeReader.Create(new ReadOnlySequence<byte>([.. hello, .. reply]));
        return router.RunChannelAsync(frames, this, new ChannelPeer("ipv4:192.0.2.66:6"), CancellationToken.None);
    }

    ValueTask IFrameSink.WriteAsync(ReadOnlyMemory<byte> control, ReadOnlyMemory<byte> data) => default;
}
