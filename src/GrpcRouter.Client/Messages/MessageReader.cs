using System.Runtime.InteropServices;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>Cuts a response body into messages.</summary>
/// <param name="body">The response.</param>
/// <param name="limits">How long a message may be.</param>
/// <param name="encoding">Of compressed messages; null when the response names none.</param>
/// <param name="endsInError">Tells, at the end of the body, that the trailers say why the call failed.</param>
/// <param name="stopping">Ends the reading.</param>
internal sealed class MessageReader(
    Stream body, MessageLimits limits, ICompressionProvider? encoding, Func<bool> endsInError, CancellationToken stopping)
{
    // A longer announced length is believed only as far as bytes arrive.
    private const int LargestTrustedLength = 1024 * 1024;

    private readonly byte[] _header = new byte[MessageHeader.Size];

    /// <summary>The next message, or null at the end of the body.</summary>
    public async ValueTask<IncomingMessage?> ReadAsync()
    {
        var read = await body.ReadAtLeastAsync(_header, MessageHeader.Size, throwOnEndOfStream: false, stopping).ConfigureAwait(false);
        if (read == 0 || (read < MessageHeader.Size && IsCutByError()))
        {
            return null;
        }

        var header = MessageHeader.Read(_header);
        limits.CheckReceive(header.Length);
        PooledBuffer payload = new();
        try
        {
            if (!await TryReadPayloadAsync(payload, (int)header.Length).ConfigureAwait(false))
            {
                payload.Dispose();
                return null;
            }

            return new(header.Compressed ? Decompress(payload) : payload);
        }
        catch
        {
            payload.Dispose();
            throw;
        }
    }

    // A server that fails in the middle of a message says why in the trailers; that the message is cut is no news then.
    private bool IsCutByError() =>
        endsInError() ? true : throw new RpcException(new(StatusCode.Internal, "The response ended within a message."));

    private async ValueTask<bool> TryReadPayloadAsync(PooledBuffer payload, int length)
    {
        payload.Reserve(Math.Min(length, LargestTrustedLength));
        while (payload.Length < length)
        {
            var target = payload.GetMemory();
            var read = await body.ReadAsync(target[..Math.Min(target.Length, length - payload.Length)], stopping).ConfigureAwait(false);
            if (read == 0 && IsCutByError())
            {
                return false;
            }

            payload.Advance(read);
        }

        return true;
    }

    private PooledBuffer Decompress(PooledBuffer compressed)
    {
        if (encoding is null)
        {
            throw new RpcException(new(StatusCode.Internal, "A message is marked as compressed, but the response names no encoding."));
        }

        PooledBuffer payload = new();
        try
        {
            using var source = AsStream(compressed.Written);
            using var stream = encoding.CreateDecompressionStream(source);
            while (stream.Read(payload.GetSpan()) is > 0 and var read)
            {
                payload.Advance(read);
                limits.CheckReceive(payload.Length);
            }
        }
        catch (Exception error)
        {
            payload.Dispose();
            throw error is RpcException
                ? error
                : new RpcException(new(StatusCode.Internal, $"A message could not be decompressed: {error.Message}", error));
        }

        compressed.Dispose();
        return payload;
    }

    private static MemoryStream AsStream(ReadOnlyMemory<byte> memory)
    {
        MemoryMarshal.TryGetArray(memory, out var segment);
        return new(segment.Array ?? [], segment.Offset, segment.Count, writable: false);
    }
}
