using System.Net;

namespace GrpcRouter;

/// <summary>A request body of one framed message. The transport may read it again for a refused request.</summary>
internal sealed class UnaryContent(ReadOnlyMemory<byte> frame) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(frame, cancellationToken).AsTask();

    // HTTP/2 needs no length, and a known one would be sent as a header.
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
