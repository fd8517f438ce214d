using System.IO.Compression;

namespace GrpcRouter;

/// <summary>A message encoding. Used by several calls at once.</summary>
public interface ICompressionProvider
{
    /// <summary>The name in <c>grpc-encoding</c>, such as <c>gzip</c>.</summary>
    string EncodingName { get; }

    /// <summary>Compresses what is written to the returned stream.</summary>
    /// <param name="stream">Takes the compressed bytes; stays open.</param>
    /// <param name="compressionLevel">The level; null for the provider's own.</param>
    Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel);

    /// <summary>Decompresses what is read from the returned stream.</summary>
    /// <param name="stream">Gives the compressed bytes of one message; it can seek.</param>
    Stream CreateDecompressionStream(Stream stream);
}
