using System.Buffers;

namespace Grpc.Core;

internal sealed class ArraySerializationContext : SerializationContext
{
    private ArrayBufferWriter<byte>? _writer;
    private byte[]? _payload;
    private int? _length;

    public byte[] Payload => _payload ?? throw new InvalidOperationException("The serializer did not complete the message.");

    public override void Complete(byte[] payload)
    {
        ThrowIfComplete();
        _payload = payload;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        ThrowIfComplete();
        return _writer ??= _length is > 0 and var length ? new(length) : new();
    }

    public override void SetPayloadLength(int payloadLength) => _length = payloadLength;

    public override void Complete()
    {
        ThrowIfComplete();
        _payload = _writer is null ? [] : _writer.WrittenSpan.ToArray();
        if (_length is { } announced && announced != _payload.Length)
        {
            throw new InvalidOperationException($"The serializer announced {announced} bytes and wrote {_payload.Length}.");
        }
    }

    private void ThrowIfComplete()
    {
        if (_payload is not null)
        {
            throw new InvalidOperationException("The message is complete already.");
        }
    }
}
