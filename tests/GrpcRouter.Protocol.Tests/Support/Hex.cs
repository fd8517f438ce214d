namespace GrpcRouter.Protocol.Tests;

/// <summary>Bytes as text: <c>00 1F</c>.</summary>
internal static class Hex
{
    public static string Of(ReadOnlySpan<byte> bytes) => string.Join(' ', Convert.ToHexString(bytes).Chunk(2).Select(pair => new string(pair)));

    public static byte[] Bytes(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));
}
