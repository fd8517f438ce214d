using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GrpcRouter;

/// <summary>
/// A new secret of an API key. Its caller gets <see cref="Token"/>, the router's configuration <see cref="Hash"/>, from which the token cannot be found: it holds 256 random bits, which nobody can
/// try out, so that a fast hash protects it as well as a slow one would. A slow one is for passwords, which can be guessed, and would cost each call milliseconds.
/// </summary>
public sealed class ApiKey
{
    /// <summary>What every token begins with, so that people, and scanners for leaked secrets, know it.</summary>
    public const string Prefix = "grk_";

    internal const string Algorithm = "sha256";
    internal const int IdLength = 16;
    internal const int TokenLength = 64;
    private const int IdBytes = IdLength / 2;
    private const int SecretBytes = 32;

    private ApiKey(string id, string token)
    {
        Id = id;
        Token = token;
        Hash = $"{Algorithm}:{id}:{Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(token)))}";
    }

    /// <summary>Names the secret, also in logs and metrics: 16 hexadecimal digits, which are part of the token.</summary>
    public string Id { get; }

    /// <summary>What a caller sends: <c>grk_</c>, the id, <c>_</c> and 256 random bits in base64url. Not kept anywhere.</summary>
    public string Token { get; }

    /// <summary>What <see cref="ApiKeyOptions.Secrets"/> takes.</summary>
    public string Hash { get; }

    /// <summary>Makes a secret from the system's source of random numbers.</summary>
    public static ApiKey Create()
    {
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        return new ApiKey(id, $"{Prefix}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}");
    }

    /// <summary>Says the id alone.</summary>
    public override string ToString() => $"{Prefix}{Id}";

    /// <summary>Reads what <see cref="ApiKeyOptions.Secrets"/> holds.</summary>
    internal static bool TryReadHash(string text, out ulong id, out byte[] hash)
    {
        id = 0;
        hash = [];
        string[] parts = text.Split(':');
        if (parts is not [Algorithm, { Length: IdLength }, { Length: 44 }] || !TryReadId(parts[1], out id))
        {
            return false;
        }

        hash = new byte[SHA256.HashSizeInBytes];
        return Convert.TryFromBase64String(parts[2], hash, out int written) && written == hash.Length;
    }

    internal static bool TryReadId(ReadOnlySpan<char> text, out ulong id) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id) && !text.ContainsAnyInRange('A', 'F');
}
