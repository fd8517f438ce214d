namespace Grpc.Core;

/// <summary>Takes a message that is being serialized: either whole, or through a buffer writer.</summary>
public abstract class SerializationContext
{
    /// <summary>Ends serialization with the whole payload.</summary>
    /// <param name="payload">The payload; it belongs to the context from now on.</param>
    public virtual void Complete(byte[] payload) => throw new NotImplementedException();

    /// <summary>The writer that takes the payload; <see cref="Complete()"/> must follow.</summary>
    public virtual System.Buffers.IBufferWriter<byte> GetBufferWriter() => throw new NotImplementedException();

    /// <summary>Announces the length of the payload; before <see cref="GetBufferWriter"/>.</summary>
    /// <param name="payloadLength">The length in bytes.</param>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }

    /// <summary>Ends serialization through the buffer writer.</summary>
    public virtual void Complete() => throw new NotImplementedException();
}
