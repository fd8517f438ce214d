using Grpc.Core;

namespace GrpcRouter.Bench;

internal sealed class ResponseWriter<T>(ServerCall call, Marshaller<T> marshaller) : IServerStreamWriter<T>
{
    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) =>
        call.WriteAsync(marshaller.ContextualSerializer, message, flush: WriteOptions is null || !WriteOptions.Flags.HasFlag(WriteFlags.BufferHint)).AsTask();
}
