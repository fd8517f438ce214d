using System.Net.Http.Headers;
using Grpc.Core;

namespace GrpcRouter;

/// <summary>Reads metadata from HTTP headers or trailers.</summary>
internal static class ReceivedMetadata
{
    private static readonly HashSet<string> ProtocolsOwn = new(StringComparer.OrdinalIgnoreCase)
    {
        "grpc-status", "grpc-message", "grpc-encoding", "grpc-accept-encoding", "content-type",
    };

    public static Metadata From(HttpHeaders headers)
    {
        Metadata metadata = [];
        foreach (var (name, values) in headers.NonValidated)
        {
            if (!ProtocolsOwn.Contains(name) && IsKey(name))
            {
                Add(metadata, name, values);
            }
        }

        return metadata;
    }

    private static void Add(Metadata metadata, string name, HeaderStringValues values)
    {
        var binary = name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase);
        foreach (var value in values)
        {
            if (!binary)
            {
                metadata.Add(name, value);
                continue;
            }

            foreach (var part in value.Split(',', StringSplitOptions.TrimEntries))
            {
                metadata.Add(name, FromBase64(name, part));
            }
        }
    }

    private static byte[] FromBase64(string name, string text)
    {
        try
        {
            var unpadded = text.TrimEnd('=');
            return Convert.FromBase64String(unpadded.PadRight((unpadded.Length + 3) / 4 * 4, '='));
        }
        catch (FormatException error)
        {
            throw new RpcException(new(StatusCode.Internal, $"The server sent '{name}', which is not base64.", error));
        }
    }

    // Intermediaries may add headers that no gRPC metadata can be called.
    private static bool IsKey(string name) => name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
