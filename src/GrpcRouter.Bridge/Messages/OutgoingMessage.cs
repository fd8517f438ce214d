using System.Buffers;
using System.IO.Compression;
using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>
/// A serialized message on its way out. User code serializes here rather than into the channel's buffer, because that one is
/// locked meanwhile; a small copy is cheaper than other calls waiting for a marshaller.
/// </summary>
internal sealed class OutgoingMessage : SerializationContext
{
    [ThreadStatic]
    private static OutgoingMessage? spare;

    private FrameBuffer buffer = new();
    private bool completed;

    public int Length => buffer.Length;

    public ReadOnlySpan<byte> Bytes => buffer.WrittenSpan;

    /// <summary>The bytes are compressed; the message's flag says so.</summary>
    public bool Compressed { get; private set; }

    public static OutgoingMessage Serialize<T>(Marshaller<T> marshaller, T value)
    {
        OutgoingMessage message = spare ?? new OutgoingMessage();
        spare = null;
        try
        {
            marshaller.ContextualSerializer(value, message);
            if (!message.completed)
            {
                throw new InvalidOperationException("The marshaller did not complete the message.");
            }
        }
        catch
        {
            message.Release();
            throw;
        }

        return message;
    }

    public void Compress(ICompressionProvider provider, CompressionLevel? level)
    {
        FrameBuffer compressed = new();
        using (Stream stream = provider.CreateCompressionStream(new BufferWriterStream(compressed), level))
        {
            stream.Write(buffer.WrittenSpan);
        }

        buffer.Dispose();
        buffer = compressed;
        Compressed = true;
    }

    /// <summary>Gives the buffer back. The message must not be used any more.</summary>
    public void Release()
    {
        buffer.Reset();
        completed = false;
        Compressed = false;
        spare = this;
    }

    public override void SetPayloadLength(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        buffer.GetSpan(payloadLength);
    }

    public override IBufferWriter<byte> GetBufferWriter() => buffer;

    public override void Complete() => completed = true;

    public override void Complete(byte[] payload)
    {
        buffer.WriteRaw(payload);
        completed = true;
    }
}
