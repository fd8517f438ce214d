using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Grpc.Core;

namespace GrpcRouter.Bench;

/// <summary>Serializes a message behind its five-byte prefix straight into the response.</summary>
internal sealed class OutgoingPayload : SerializationContext
{
    private const int PrefixLength = 5;

    [ThreadStatic]
    private static OutgoingPayload? _ofThisThread;

    private PipeWriter? _output;
    private int _length = -1;

    public static void Write<T>(Action<T, SerializationContext> serializer, T message, PipeWriter output)
    {
        // Serializers are synchronous, so a thread has one in use at most.
        OutgoingPayload context = _ofThisThread ??= new OutgoingPayload();
        context._output = output;
        context._length = -1;
        try
        {
            serializer(message, context);
        }
        finally
        {
            context._output = null;
        }
    }

    public override void SetPayloadLength(int payloadLength) => _length = payloadLength;

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_length < 0)
        {
            throw new NotSupportedException("The payload's length must be set first.");
        }

        WritePrefix(_length);
        return _output!;
    }

    public override void Complete()
    {
    }

    public override void Complete(byte[] payload)
    {
        WritePrefix(payload.Length);
        _output!.Write(payload);
    }

    private void WritePrefix(int length)
    {
        Span<byte> prefix = _output!.GetSpan(PrefixLength + length);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], length);
        _output.Advance(PrefixLength);
    }
}
