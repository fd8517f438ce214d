using System.Security.Cryptography;

namespace GrpcRouter;

/// <summary>Hashes of lines, as they are written.</summary>
internal static class AuditHash
{
    /// <summary>Hexadecimal digits of a hash.</summary>
    public const int Length = 64;

    /// <summary>Stands for the line before the first.</summary>
    public static readonly string None = new('0', Length);

    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
