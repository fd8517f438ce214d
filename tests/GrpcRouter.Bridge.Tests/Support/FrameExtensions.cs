using System.Text;
using Google.Protobuf;
using GrpcRouter.Bridge.Tests.Protos;
using GrpcRouter.V1;

namespace GrpcRouter.Bridge.Tests;

internal static class FrameExtensions
{
    public static ProbeRouterFrame Start(ulong callId, uint method) => new() { CallId = callId, Start = new CallStart { Method = method } };

    /// <summary>Cuts a serialized message as a router does: the length first, then pieces.</summary>
    public static IEnumerable<ProbeRouterFrame> Fragments(ulong callId, byte[] message, int size, bool compressed = false)
    {
        for (int offset = 0; offset == 0 || offset < message.Length; offset += size)
        {
            ProbeRouterFrame frame = new()
            {
                CallId = callId,
                Fragment = ByteString.CopyFrom(message, offset, Math.Min(size, message.Length - offset)),
            };
            if (offset == 0)
            {
                frame.MessageLength = (ulong)message.Length;
                frame.Compressed = compressed;
            }

            yield return frame;
        }
    }

    /// <summary>What a frame takes of the receiver's credit.</summary>
    public static int Cost(this ProbeInstanceFrame frame)
    {
        int payload = frame.ResponseCase switch
        {
            ProbeInstanceFrame.ResponseOneofCase.Echo => frame.Echo.CalculateSize() + 5,
            ProbeInstanceFrame.ResponseOneofCase.Count => frame.Count.CalculateSize() + 5,
            ProbeInstanceFrame.ResponseOneofCase.Collect => frame.Collect.CalculateSize() + 5,
            ProbeInstanceFrame.ResponseOneofCase.Chat => frame.Chat.CalculateSize() + 5,
            _ => 0,
        };
        return payload + frame.Fragment.Length + (frame.HasMessageLength ? 5 : 0);
    }

    /// <summary>Puts the fragments of one message together.</summary>
    public static byte[] Join(this IEnumerable<ProbeInstanceFrame> frames) => [.. frames.SelectMany(static frame => frame.Fragment)];

    public static string? Value(this IEnumerable<MetadataEntry> entries, string key) =>
        entries.FirstOrDefault(entry => entry.Key == key) is { } entry ? Encoding.ASCII.GetString(entry.Value.Span) : null;

    public static MetadataEntry Entry(string key, string value) => new() { Key = key, Value = ByteString.CopyFromUtf8(value) };
}
