using System.Security.Cryptography;
using System.Text;

namespace GrpcRouter.Bench;

/// <summary>The key by which the load shows who it is to the router that asks. It opens nothing else.</summary>
internal static class BenchKey
{
    private const string Id = "0123456789abcdef";

    /// <summary>What callers send.</summary>
    public const string Token = "grk_" + Id + "_" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    /// <summary>How they send it.</summary>
    public const string Header = "authorization: Bearer " + Token;

    /// <summary>What the router's options take.</summary>
    public static string Hash => $"sha256:{Id}:{Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(Token)))}";
}
