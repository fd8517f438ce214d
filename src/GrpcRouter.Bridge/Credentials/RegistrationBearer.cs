using System.Buffers;
using System.Net.Http.Headers;

namespace GrpcRouter;

/// <summary>The header that carries a token (RFC 6750, section 2.1).</summary>
internal static class RegistrationBearer
{
    private static readonly SearchValues<char> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    /// <exception cref="InvalidOperationException">It cannot stand in a header. The message does not hold it, because it will be logged.</exception>
    public static AuthenticationHeaderValue? Of(string? token)
    {
        if (token is null)
        {
            return null;
        }

        return token.Length > 0 && !token.AsSpan().ContainsAnyExcept(Characters)
            ? new AuthenticationHeaderValue("Bearer", token)
            : throw new InvalidOperationException($"The registration token of {token.Length} characters is empty or has characters that no token has.");
    }
}
