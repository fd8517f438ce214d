using System.Buffers;
using Grpc.Core;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>Decompresses a message and stops as soon as it grows beyond the limit, whatever its compressed size was.</summary>
internal static class Decompressor
{
    private const int ChunkSize = 16 * 1024;

    /// <returns>The message; the caller disposes it.</returns>
    /// <exception cref="RpcException">It is too large, or no such stream.</exception>
    public static FrameBuffer Decompress(ICompressionProvider provider, in ReadOnlySequence<byte> compressed, int? limit)
    {
        FrameBuffer message = new();
        try
        {
            using Stream stream = provider.CreateDecompressionStream(new SequenceStream(compressed));
            while (stream.Read(message.GetSpan(ChunkSize)) is > 0 and int count)
            {
                message.Advance(count);
                if (message.Length > limit)
                {
                    throw MessageLimit.Received(limit.Value);
                }
            }

            return message;
        }
        catch (Exception error) when (error is not RpcException)
        {
            message.Dispose();
            throw new RpcException(
                new Status(StatusCode.Internal, $"The request message cannot be decompressed as {provider.EncodingName}.", error));
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }
}
