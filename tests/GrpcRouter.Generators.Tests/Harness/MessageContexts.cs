using System.Buffers;
using Grpc.Core;

namespace GrpcRouter.Generators.Tests;

/// <summary>Takes what a marshaller writes.</summary>
internal sealed class WrittenMessage : SerializationContext
{
    private readonly ArrayBufferWriter<byte> writer = new();
    private byte[]? whole;

    public byte[] Bytes => whole ?? writer.WrittenSpan.ToArray();

    public override void Complete(byte[] payload) => whole = payload;

    public override void Complete()
    {
    }

    public override IBufferWriter<byte> GetBufferWriter() => writer;

    public override void SetPayloadLength(int payloadLength)
    {
    }
}

/// <summary>Gives a marshaller what it reads.</summary>
internal sealed class GivenMessage(byte[] bytes) : DeserializationContext
{
    public override int PayloadLength => bytes.Length;

    public override byte[] PayloadAsNewBuffer() => [.. bytes];

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(bytes);
}
