using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GrpcRouter;

/// <summary>Where callers put API keys of the router's own: <c>authorization: Bearer grk_…</c> (RFC 6750) or <c>x-api-key: grk_…</c>.</summary>
internal static class ApiKeyHeaders
{
    private const string Authorization = "authorization";
    private const string ApiKeyHeader = "x-api-key";

    /// <summary>Finds the header's value with the key.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="several">There is more than one.</param>
    /// <returns>Null when there is none; then all others are somebody else's.</returns>
    public static string? Find(IHeaderDictionary headers, out bool several)
    {
        string? found = null;
        several = false;
        Look(headers.Authorization, ref found, ref several, bearer: true);
        if (headers.TryGetValue(ApiKeyHeader, out StringValues values))
        {
            Look(values, ref found, ref several, bearer: false);
        }

        return found;
    }

    /// <summary>The token in a value that was found.</summary>
    public static ReadOnlySpan<char> TokenOf(string value) => ApiKeyTable.IsOwn(value) ? value.AsSpan().Trim(' ') : ApiKeyTable.TokenOf(value);

    /// <summary>The value of the header is a key, or means to be one.</summary>
    public static bool IsKey(string header, string value) =>
        header.Equals(Authorization, StringComparison.OrdinalIgnoreCase) ? ApiKeyTable.IsOwnBearer(value)
        : header.Equals(ApiKeyHeader, StringComparison.OrdinalIgnoreCase) && ApiKeyTable.IsOwn(value);

    private static void Look(in StringValues values, ref string? found, ref bool several, bool bearer)
    {
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i] is { } value && (bearer ? ApiKeyTable.IsOwnBearer(value) : ApiKeyTable.IsOwn(value)))
            {
                several |= found is not null;
                found = value;
            }
        }
    }
}
