using System.Buffers;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>A received message as marshallers see it.</summary>
internal sealed class IncomingMessage : DeserializationContext
{
    private ReadOnlySequence<byte> payload;

    public override int PayloadLength => (int)payload.Length;

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => payload;

    public override byte[] PayloadAsNewBuffer() => payload.ToArray();

    /// <exception cref="RpcException">The bytes are no such message.</exception>
    public T Deserialize<T>(Marshaller<T> marshaller, in ReadOnlySequence<byte> bytes)
    {
        payload = bytes;
        try
        {
            return marshaller.ContextualDeserializer(this);
        }
        catch (Exception error) when (error is not RpcException)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The request message cannot be deserialized.", error));
        }
        finally
        {
            payload = default;
        }
    }
}
