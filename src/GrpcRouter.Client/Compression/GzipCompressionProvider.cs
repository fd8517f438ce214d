using System.IO.Compression;

namespace GrpcRouter;

/// <summary>The message encoding <c>gzip</c>.</summary>
public sealed class GzipCompressionProvider : ICompressionProvider
{
    private readonly CompressionLevel _level;

    /// <summary>Creates the provider.</summary>
    /// <param name="level">The level when a call asks for none; <see cref="CompressionLevel.Fastest"/> by default.</param>
    public GzipCompressionProvider(CompressionLevel level = CompressionLevel.Fastest) => _level = level;

    /// <inheritdoc/>
    public string EncodingName => "gzip";

    /// <inheritdoc/>
    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        new GZipStream(stream, compressionLevel ?? _level, leaveOpen: true);

    /// <inheritdoc/>
    public Stream CreateDecompressionStream(Stream stream) => new GzipMessageStream(stream);
}
