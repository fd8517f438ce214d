using System.IO.Compression;

namespace GrpcRouter;

/// <summary>The encoding <c>gzip</c>.</summary>
/// <param name="defaultLevel">The level used when none is asked for.</param>
public sealed class GzipCompressionProvider(CompressionLevel defaultLevel = CompressionLevel.Fastest) : ICompressionProvider
{
    /// <inheritdoc/>
    public string EncodingName => "gzip";

    /// <inheritdoc/>
    public Stream CreateCompressionStream(Stream stream, CompressionLevel? level) => new GZipStream(stream, level ?? defaultLevel, leaveOpen: true);

    /// <inheritdoc/>
    public Stream CreateDecompressionStream(Stream stream) => new GZipStream(stream, CompressionMode.Decompress);
}
