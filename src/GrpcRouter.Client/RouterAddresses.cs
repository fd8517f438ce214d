namespace GrpcRouter;

/// <summary>Reads addresses of routers.</summary>
internal static class RouterAddresses
{
    /// <summary>An http or https address of a host and a port.</summary>
    public static Uri Read(string address, string parameter)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? router) || (router.Scheme != Uri.UriSchemeHttp && router.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"'{address}' is not an http or https address.", parameter);
        }

        if (router.PathAndQuery is not "/" || router.Fragment.Length > 0 || router.UserInfo.Length > 0)
        {
            throw new ArgumentException($"'{address}' has more than a scheme, a host and a port.", parameter);
        }

        return router;
    }

    /// <summary>One or more distinct addresses of one scheme, in their order.</summary>
    public static IReadOnlyList<Uri> ReadAll(IEnumerable<string> addresses, string parameter)
    {
        ArgumentNullException.ThrowIfNull(addresses, parameter);
        Uri[] routers = [.. addresses.Select(address => Read(address, parameter)).Distinct()];
        if (routers.Length == 0)
        {
            throw new ArgumentException("There is no address of a router.", parameter);
        }

        if (Array.Find(routers, router => router.Scheme != routers[0].Scheme) is { } other)
        {
            throw new ArgumentException($"'{routers[0].GetLeftPart(UriPartial.Authority)}' and '{other.GetLeftPart(UriPartial.Authority)}' differ in TLS; the routers of one channel are all http or all https.", parameter);
        }

        return routers;
    }
}
