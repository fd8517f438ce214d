namespace Grpc.Core;

/// <summary>Gives out a message that is to be deserialized. Valid during the deserializer only.</summary>
public abstract class DeserializationContext
{
    /// <summary>The length of the payload in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>The payload as an array of the caller's own.</summary>
    public virtual byte[] PayloadAsNewBuffer() => throw new NotImplementedException();

    /// <summary>The payload without a copy; not to be kept.</summary>
    public virtual System.Buffers.ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw new NotImplementedException();
}
