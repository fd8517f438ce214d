using System.Buffers;
using Grpc.Core;

namespace GrpcRouter.Bench;

internal sealed class IncomingPayload : DeserializationContext
{
    [ThreadStatic]
    private static IncomingPayload? _ofThisThread;

    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    public static T Parse<T>(Func<DeserializationContext, T> deserializer, ReadOnlySequence<byte> payload)
    {
        // Deserializers are synchronous, so a thread has one in use at most.
        IncomingPayload context = _ofThisThread ??= new IncomingPayload();
        context._payload = payload;
        try
        {
            return deserializer(context);
        }
        finally
        {
            context._payload = default;
        }
    }

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;
}
