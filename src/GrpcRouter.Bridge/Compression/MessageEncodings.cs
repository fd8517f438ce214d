using System.Collections.Frozen;
using System.IO.Compression;

namespace GrpcRouter;

/// <summary>The encodings a bridge knows and the one it answers with.</summary>
internal sealed class MessageEncodings
{
    public const string Identity = "identity";

    /// <summary>A response header with which a handler asks for an encoding; it stays on the instance.</summary>
    public const string RequestKey = "grpc-internal-encoding-request";

    private readonly FrozenDictionary<string, ICompressionProvider> providers;

    public MessageEncodings(IEnumerable<ICompressionProvider> providers, string? responseAlgorithm, CompressionLevel? level)
    {
        // As with any registration, the last one under a name wins: it is how a user replaces a built-in one.
        Dictionary<string, ICompressionProvider> byName = new(StringComparer.Ordinal);
        foreach (ICompressionProvider provider in providers)
        {
            byName[provider.EncodingName] = provider;
        }

        this.providers = byName.ToFrozenDictionary(StringComparer.Ordinal);
        AcceptEncoding = string.Join(',', byName.Keys.Prepend(Identity));
        ResponseAlgorithm = responseAlgorithm is null or Identity ? null : responseAlgorithm;
        Level = level;
    }

    /// <summary>What the bridge can read, for grpc-accept-encoding.</summary>
    public string AcceptEncoding { get; }

    /// <summary>What responses are compressed with when the client accepts it; null: not at all.</summary>
    public string? ResponseAlgorithm { get; }

    public CompressionLevel? Level { get; }

    public ICompressionProvider? Find(string encoding) => providers.GetValueOrDefault(encoding);

    /// <summary>Gives the provider of an encoding when a client that sent this grpc-accept-encoding can read it.</summary>
    public ICompressionProvider? FindAccepted(string encoding, string acceptEncoding)
    {
        foreach (Range token in acceptEncoding.AsSpan().Split(','))
        {
            if (acceptEncoding.AsSpan(token).Trim().SequenceEqual(encoding))
            {
                return Find(encoding);
            }
        }

        return null;
    }
}
