using System.Buffers.Text;
using GrpcRouter.Protocol;

namespace GrpcRouter;

/// <summary>What an instance asks of retries in <c>grpc-retry-pushback-ms</c> (gRFC A6, "Pushback").</summary>
internal readonly record struct RetryPushback(bool Asked, TimeSpan? Delay)
{
    /// <summary>Reads it from a serialized CallEnd. A value that is no number from 0 on forbids retries.</summary>
    public static RetryPushback Of(ReadOnlySpan<byte> callEnd)
    {
        MetadataReader trailers = new(callEnd, MetadataReader.InCallEnd);
        while (trailers.Read())
        {
            if (trailers.Key.SequenceEqual("grpc-retry-pushback-ms"u8))
            {
                ReadOnlySpan<byte> value = trailers.Value;
                bool valid = Utf8Parser.TryParse(value, out int milliseconds, out int used) && used == value.Length && milliseconds >= 0;
                return new RetryPushback(true, valid ? TimeSpan.FromMilliseconds(milliseconds) : null);
            }
        }

        return default;
    }
}
