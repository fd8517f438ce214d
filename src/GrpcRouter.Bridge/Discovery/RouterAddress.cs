namespace GrpcRouter;

/// <summary>What may stand in <see cref="BridgeOptions.Routers"/>.</summary>
internal static class RouterAddress
{
    private const string DnsScheme = "dns";

    /// <summary>An address that can be dialed as it is.</summary>
    public static bool IsUsable(Uri router) =>
        router.IsAbsoluteUri && (router.Scheme == Uri.UriSchemeHttp || router.Scheme == Uri.UriSchemeHttps)
        && router.Query.Length == 0 && router.Fragment.Length == 0 && router.UserInfo.Length == 0;

    /// <summary>Reads a setting.</summary>
    /// <param name="text">Such as <c>https://router.example:443</c> or <c>dns:///router.example:443</c>.</param>
    /// <param name="useTls">How names are dialed that do not say it.</param>
    /// <param name="router">The address.</param>
    /// <param name="isName">Its host is to be resolved, and each of its addresses is a router.</param>
    public static bool TryRead(string text, bool useTls, out Uri? router, out bool isName)
    {
        isName = false;
        if (!Uri.TryCreate(text, UriKind.Absolute, out router))
        {
            return false;
        }

        if (router.Scheme != DnsScheme)
        {
            return IsUsable(router);
        }

        // In front of the third slash the name of a DNS server could stand, which the system's resolver has no use for.
        isName = true;
        string prefix = $"{DnsScheme}:///";
        return text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            && Uri.TryCreate($"{(useTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp)}://{text[prefix.Length..]}", UriKind.Absolute, out router)
            && IsUsable(router)
            && router.AbsolutePath == "/";
    }
}
