using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using GrpcRouter.Tests;

namespace GrpcRouter.FunctionalTests;

/// <summary>A response as it came, headers and trailers told apart.</summary>
internal sealed record RawResponse(HttpStatusCode HttpStatus, IReadOnlyDictionary<string, string[]> Headers, byte[] Body, IReadOnlyDictionary<string, string[]> Trailers)
{
    public bool IsTrailersOnly => Headers.ContainsKey("grpc-status") && Trailers.Count == 0 && Body.Length == 0;

    /// <summary>grpc-status, wherever it stands.</summary>
    public string? Status => End("grpc-status");

    /// <summary>grpc-message as it came, percent-encoded.</summary>
    public string? Message => End("grpc-message");

    /// <summary>The reason of the router's ErrorInfo; null when the status is not the router's.</summary>
    public string? RouterReason => End("grpc-status-details-bin") is { } details ? Reasons.Of(Reasons.FromBase64(details)) : null;

    /// <summary>The payloads of the messages.</summary>
    public IReadOnlyList<(bool Compressed, byte[] Payload)> Messages()
    {
        List<(bool, byte[])> messages = [];
        ReadOnlySpan<byte> rest = Body;
        while (rest.Length > 0)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(rest[1..]);
            messages.Add((rest[0] != 0, rest.Slice(5, length).ToArray()));
            rest = rest[(5 + length)..];
        }

        return messages;
    }

    private string? End(string key) => (Trailers.GetValueOrDefault(key) ?? Headers.GetValueOrDefault(key))?.Single();
}
