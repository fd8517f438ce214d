using System.Buffers;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>Takes one message at a time from a marshaller and frames it. Reused for the messages of a call.</summary>
internal sealed class MessageSerializer(MessageLimits limits, ICompressionProvider? encoding) : SerializationContext
{
    private readonly PooledBuffer _frame = new();
    private bool _complete;

    /// <summary>The framed message; valid until the next one.</summary>
    public ReadOnlyMemory<byte> Serialize<T>(Marshaller<T> marshaller, T message, WriteOptions? options)
    {
        _frame.Clear();
        _complete = false;
        StartFrame(_frame);
        try
        {
            marshaller.ContextualSerializer(message, this);
        }
        catch (Exception error) when (error is not RpcException)
        {
            throw new RpcException(new(StatusCode.Internal, $"The request could not be serialized: {error.Message}", error));
        }

        if (!_complete)
        {
            throw new RpcException(new(StatusCode.Internal, "The request's serializer did not complete it."));
        }

        limits.CheckSend(_frame.Length - MessageHeader.Size);
        var compressed = encoding is not null && _frame.Length > MessageHeader.Size && options?.Flags.HasFlag(WriteFlags.NoCompress) is not true;
        if (compressed)
        {
            Compress(encoding!);
        }

        new MessageHeader(compressed, (uint)(_frame.Length - MessageHeader.Size)).Write(_frame.Written.Span);
        return _frame.Written;
    }

    public override void SetPayloadLength(int payloadLength)
    {
        limits.CheckSend(payloadLength);
        _frame.Reserve(payloadLength);
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        ThrowIfComplete();
        return _frame;
    }

    public override void Complete(byte[] payload)
    {
        ThrowIfComplete();
        limits.CheckSend(payload.Length);
        _frame.Write(payload);
        _complete = true;
    }

    public override void Complete()
    {
        ThrowIfComplete();
        _complete = true;
    }

    /// <summary>Gives the memory of the last message back, so that a quiet stream holds none.</summary>
    public void Release() => _frame.Dispose();

    private static void StartFrame(PooledBuffer frame)
    {
        frame.Reserve(MessageHeader.Size);
        frame.Advance(MessageHeader.Size);
    }

    private void Compress(ICompressionProvider provider)
    {
        using PooledBuffer compressed = new();
        using (var stream = provider.CreateCompressionStream(new BufferStream(compressed), null))
        {
            stream.Write(_frame.Written.Span[MessageHeader.Size..]);
        }

        _frame.Clear();
        StartFrame(_frame);
        _frame.Write(compressed.Written.Span);
    }

    private void ThrowIfComplete()
    {
        if (_complete)
        {
            throw new InvalidOperationException("The message is complete already.");
        }
    }
}
