using System.Buffers.Binary;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>The five bytes before each message: the compressed flag and the big-endian length.</summary>
internal readonly record struct MessageHeader(bool Compressed, uint Length)
{
    public const int Size = 5;

    public static MessageHeader Read(ReadOnlySpan<byte> bytes) => bytes[0] <= 1
        ? new(bytes[0] == 1, BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]))
        : throw new RpcException(new(StatusCode.Internal, $"A message starts with {bytes[0]} where 0 or 1 must be."));

    public void Write(Span<byte> bytes)
    {
        bytes[0] = Compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], Length);
    }
}
