using System.Buffers;

namespace GrpcRouter;

/// <summary>Names of the form <c>spiffe://trust-domain/path</c> (SPIFFE ID, section 2).</summary>
internal static class SpiffeId
{
    private const string Scheme = "spiffe://";
    private const int MaxLength = 2048;
    private const int MaxDomainLength = 255;

    private static readonly SearchValues<char> DomainCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_");

    private static readonly SearchValues<char> PathCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_");

    /// <summary>It says that it is one, well-formed or not.</summary>
    public static bool IsMeant(string uri) => uri.StartsWith("spiffe:", StringComparison.OrdinalIgnoreCase);

    /// <summary>It is one, and has a path: those without name a trust domain and nobody in it.</summary>
    public static bool IsWorkload(string uri)
    {
        if (!uri.StartsWith(Scheme, StringComparison.Ordinal) || uri.Length > MaxLength)
        {
            return false;
        }

        string[] parts = uri[Scheme.Length..].Split('/');
        return parts.Length > 1
            && parts[0].Length is > 0 and <= MaxDomainLength
            && !parts[0].AsSpan().ContainsAnyExcept(DomainCharacters)
            && parts.Skip(1).All(static part => part is not ("" or "." or "..") && !part.AsSpan().ContainsAnyExcept(PathCharacters));
    }
}
