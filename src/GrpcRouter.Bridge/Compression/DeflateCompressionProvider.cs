using System.IO.Compression;

namespace GrpcRouter;

/// <summary>The encoding <c>deflate</c>, which in HTTP and gRPC is the zlib format.</summary>
/// <param name="defaultLevel">The level used when none is asked for.</param>
public sealed class DeflateCompressionProvider(CompressionLevel defaultLevel = CompressionLevel.Fastest) : ICompressionProvider
{
    /// <inheritdoc/>
    public string EncodingName => "deflate";

    /// <inheritdoc/>
    public Stream CreateCompressionStream(Stream stream, CompressionLevel? level) => new ZLibStream(stream, level ?? defaultLevel, leaveOpen: true);

    /// <inheritdoc/>
    public Stream CreateDecompressionStream(Stream stream) => new ZLibStream(stream, CompressionMode.Decompress);
}
