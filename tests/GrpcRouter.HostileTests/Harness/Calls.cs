using System.Buffers.Binary;
using Google.Protobuf;

namespace GrpcRouter.HostileTests;

/// <summary>Calls as bytes.</summary>
internal static class Calls
{
    public const string Unary = "/hostile.Target/Unary";
    public const string Upload = "/hostile.Target/Upload";
    public const string Download = "/hostile.Target/Download";
    public const string Talk = "/hostile.Target/Talk";

    public static byte[] Message(Chunk message) => Prefixed(message.ToByteArray());

    public static byte[] Prefixed(byte[] payload)
    {
        byte[] bytes = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), payload.Length);
        payload.CopyTo(bytes, 5);
        return bytes;
    }

    /// <summary>The same bytes many times over.</summary>
    public static byte[] Repeat(byte[] bytes, int times) => [.. Enumerable.Repeat(bytes, times).SelectMany(static each => each)];

    /// <summary>The value of a header of a block; null when it is not there.</summary>
    public static string? Of(this IEnumerable<(string Key, string Value)> block, string key) =>
        block.Where(field => field.Key == key).Select(static field => field.Value).FirstOrDefault();
}
