namespace GrpcRouter;

/// <summary>Rules for a bridge's TLS.</summary>
internal static class BridgeTlsRules
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(30);

    public static IEnumerable<string> Errors(BridgeTlsOptions? options)
    {
        if (options is null || options.Certificate is null || options.Trust is null)
        {
            yield return "Tls, Tls.Certificate and Tls.Trust must not be null.";
            yield break;
        }

        foreach ((string name, string rule) in CertificateRules.Check(options.Certificate))
        {
            yield return $"Tls.Certificate.{name} {rule}.";
        }

        foreach ((string name, string rule) in CertificateRules.Check(options.Trust))
        {
            yield return $"Tls.Trust.{name} {rule}.";
        }

        if (options.ServerName is { } server && Uri.CheckHostName(server) == UriHostNameType.Unknown)
        {
            yield return $"Tls.ServerName is '{server}', which is no name of a host.";
        }

        if (!Enum.IsDefined(options.MinVersion))
        {
            yield return $"Tls.MinVersion is {options.MinVersion}; it must be Tls12 or Tls13.";
        }

        if (!Enum.IsDefined(options.Revocation))
        {
            yield return $"Tls.Revocation is {options.Revocation}; it must be NoCheck, Online or Offline.";
        }

        foreach ((string name, TimeSpan value) in new[] { (nameof(options.ExpiryDegraded), options.ExpiryDegraded), (nameof(options.ExpiryUnhealthy), options.ExpiryUnhealthy) })
        {
            if (value < TimeSpan.Zero || value > CertificateRules.LongestExpiry)
            {
                yield return $"Tls.{name} is {value}; it must be from zero to {CertificateRules.LongestExpiry.Days} days.";
            }
        }

        if (options.ReloadInterval < CertificateRules.ShortestInterval || options.ReloadInterval > LongestInterval)
        {
            yield return $"Tls.ReloadInterval is {options.ReloadInterval}; it must be from {CertificateRules.ShortestInterval} to {LongestInterval.Days} days.";
        }
    }
}
