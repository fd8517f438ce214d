namespace GrpcRouter;

/// <summary>Rules for TLS.</summary>
internal static class TlsRules
{
    public static void Check(in OptionScope scope, TlsOptions options)
    {
        if (!scope.IsThere(nameof(options.Certificate), options.Certificate) || !scope.IsThere(nameof(options.ClientTrust), options.ClientTrust))
        {
            return;
        }

        OptionScope certificate = scope.Of(nameof(options.Certificate));
        foreach ((string name, string rule) in CertificateRules.Check(options.Certificate))
        {
            certificate.Fail(name, rule);
        }

        OptionScope trust = scope.Of(nameof(options.ClientTrust));
        foreach ((string name, string rule) in CertificateRules.Check(options.ClientTrust))
        {
            trust.Fail(name, rule);
        }

        scope.Defined(nameof(options.ClientCertificates), options.ClientCertificates);
        scope.Defined<System.Security.Cryptography.X509Certificates.X509RevocationMode>(nameof(options.ClientRevocation), options.ClientRevocation);
        scope.Defined<TlsVersion>(nameof(options.MinVersion), options.MinVersion);
        scope.Timer(nameof(options.ReloadInterval), options.ReloadInterval, CertificateRules.ShortestInterval);
        Expiry(scope, nameof(options.ExpiryDegraded), options.ExpiryDegraded);
        Expiry(scope, nameof(options.ExpiryUnhealthy), options.ExpiryUnhealthy);
        bool asked = options.EffectiveClientCertificates != ClientCertificates.None;
        bool trusted = options.ClientTrust.IsSet || options.Certificate.Directory is not null || options.DangerousAcceptAnyClientCertificate;
        if (asked && !trusted)
        {
            scope.Fail(nameof(options.ClientCertificates), $"needs {nameof(options.ClientTrust)}, the authorities that clients' certificates come from");
        }
    }

    private static void Expiry(in OptionScope scope, string name, TimeSpan value) =>
        scope.Require(value >= TimeSpan.Zero && value <= CertificateRules.LongestExpiry, name, $"must be zero to {CertificateRules.LongestExpiry.TotalDays:N0} days", value);
}
