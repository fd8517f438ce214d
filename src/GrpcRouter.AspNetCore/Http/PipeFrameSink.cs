using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>Writes a channel's frames into its response.</summary>
internal sealed class PipeFrameSink(PipeWriter writer) : IFrameSink
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> control, ReadOnlyMemory<byte> data)
    {
        writer.Write(control.Span);
        writer.Write(data.Span);
        FlushResult result = await writer.FlushAsync().ConfigureAwait(false);
        if (result.IsCompleted)
        {
            throw new IOException("The instance reads no more.");
        }
    }
}
