using Grpc.Core;

namespace GrpcRouter;

/// <summary>The encodings of a channel by name.</summary>
internal sealed class MessageEncodings
{
    private const string Identity = "identity";

    private readonly Dictionary<string, ICompressionProvider> _providers;

    public MessageEncodings(IEnumerable<ICompressionProvider> providers)
    {
        _providers = providers.ToDictionary(provider => provider.EncodingName, StringComparer.Ordinal);
        Accepted = string.Join(',', _providers.Keys.Prepend(Identity));
    }

    /// <summary>The value of <c>grpc-accept-encoding</c>.</summary>
    public string Accepted { get; }

    public ICompressionProvider? ForRequests(string? name) => name is null or Identity ? null : Find(name)
        ?? throw new RpcException(new(StatusCode.Internal, $"The channel has no provider for the encoding '{name}'; it has {Accepted}."));

    public ICompressionProvider? ForResponses(string? name) => name is null or Identity ? null : Find(name)
        ?? throw new RpcException(new(StatusCode.Internal, $"The server used the encoding '{name}'; the channel accepts {Accepted}."));

    private ICompressionProvider? Find(string name) => _providers.GetValueOrDefault(name);
}
