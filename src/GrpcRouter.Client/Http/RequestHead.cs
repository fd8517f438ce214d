using System.Net.Http.Headers;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>Builds the request line and headers of a call.</summary>
internal static class RequestHead
{
    public const string RequestEncodingKey = "grpc-internal-encoding-request";

    // What the protocol itself says in these headers must not be said twice.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        RequestEncodingKey, "connection", "content-length", "content-type", "grpc-accept-encoding", "grpc-encoding", "grpc-message",
        "grpc-status", "grpc-timeout", "host", "te", "trailer", "transfer-encoding", "upgrade",
    };

    public static HttpRequestMessage Create(Uri address, string path, string? host, HttpContent content)
    {
        HttpRequestMessage request = new(HttpMethod.Post, new Uri(address, path))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.Host = host;
        return request;
    }

    public static void AddMetadata(HttpRequestHeaders headers, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (!Reserved.Contains(entry.Key))
            {
                headers.TryAddWithoutValidation(entry.Key, entry.IsBinary ? ToBase64(entry.ValueBytes) : Checked(entry));
            }
        }
    }

    private static string ToBase64(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static string Checked(Metadata.Entry entry) => entry.Value.AsSpan().ContainsAnyExceptInRange(' ', '~')
        ? throw new RpcException(new(StatusCode.Internal, $"The metadata value of '{entry.Key}' has characters other than printable ASCII."))
        : entry.Value;
}
