using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Grpc.Core;
using GrpcRouter.Protocol;
using GrpcRouter.V1;

namespace GrpcRouter.Bench;

/// <summary>An instance that registers and then says nothing.</summary>
internal static class SilentInstance
{
    /// <summary>It has registered when the method returns; the task ends with its channel.</summary>
    public static Task<Status> RegisterAsync(ServiceRouter router, string id)
    {
        Pipe pipe = new();
        pipe.Writer.Write(HelloOf(router.Service.FullName, id));
        pipe.Writer.FlushAsync().GetAwaiter().GetResult();
        return router.RunChannelAsync(pipe.Reader, new NullSink(), new ChannelPeer("ipv4:127.0.0.1:1"), CancellationToken.None);
    }

    private static byte[] HelloOf(string service, string id)
    {
        Hello hello = new() { Versions = { 1 }, Service = service, InstanceId = id, Epoch = 1, InitialWindow = 65_536, MaxFrameSize = 262_144 };
        using FrameBuffer buffer = new();
        int frame = buffer.BeginFrame(0);
        buffer.WriteBytes(FrameField.Control, new InstanceControl { Hello = hello }.ToByteArray());
        buffer.EndFrame(frame);
        return buffer.WrittenSpan.ToArray();
    }
}
