using System.Buffers;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>A received message, decompressed.</summary>
internal sealed class IncomingMessage(PooledBuffer payload) : DeserializationContext, IDisposable
{
    public override int PayloadLength => payload.Length;

    public T Deserialize<T>(Marshaller<T> marshaller)
    {
        try
        {
            return marshaller.ContextualDeserializer(this);
        }
        catch (Exception error) when (error is not RpcException)
        {
            throw new RpcException(new(StatusCode.Internal, $"The response could not be deserialized: {error.Message}", error));
        }
    }

    public override byte[] PayloadAsNewBuffer() => payload.Written.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(payload.Written);

    public void Dispose() => payload.Dispose();
}
