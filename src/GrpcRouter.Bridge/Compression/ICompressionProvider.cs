using System.IO.Compression;

namespace GrpcRouter;

/// <summary>One message compression, such as gzip. It must be safe for concurrent calls.</summary>
public interface ICompressionProvider
{
    /// <summary>Its name in grpc-encoding, in lower case.</summary>
    string EncodingName { get; }

    /// <summary>Wraps a stream so that what is written to it arrives compressed; disposing ends the message.</summary>
    /// <param name="stream">Takes the compressed bytes; left open.</param>
    /// <param name="level">The level asked for; null: the provider's own.</param>
    Stream CreateCompressionStream(Stream stream, CompressionLevel? level);

    /// <summary>Wraps a stream of compressed bytes so that the message can be read from it.</summary>
    /// <param name="stream">Gives the compressed bytes.</param>
    Stream CreateDecompressionStream(Stream stream);
}
