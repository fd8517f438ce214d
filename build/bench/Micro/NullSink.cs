using GrpcRouter.Protocol;

namespace GrpcRouter.Bench;

/// <summary>A stream that is never busy.</summary>
internal sealed class NullSink : IFrameSink
{
    public ValueTask WriteAsync(ReadOnlyMemory<byte> control, ReadOnlyMemory<byte> data) => default;
}
