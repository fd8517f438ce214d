using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter;

/// <summary>How certificates do.</summary>
internal enum CertificateCondition
{
    /// <summary>They are good for a while.</summary>
    Good,

    /// <summary>One expires before long, or newer ones cannot be used.</summary>
    Degraded,

    /// <summary>One is about to expire or has, or there is none.</summary>
    Bad,
}

/// <summary>Judges certificates for health checks.</summary>
internal static class CertificateHealth
{
    /// <param name="feeds">The certificates.</param>
    /// <param name="now">The time.</param>
    /// <param name="degraded">Time before the expiry from which they are degraded.</param>
    /// <param name="unhealthy">Time before the expiry from which they are bad.</param>
    /// <returns>The worst of them, and what is to be said of each that is not good.</returns>
    public static (CertificateCondition Condition, string Text) Judge(IEnumerable<ICertificateFeed> feeds, DateTimeOffset now, TimeSpan degraded, TimeSpan unhealthy)
    {
        CertificateCondition worst = CertificateCondition.Good;
        List<string> texts = [];
        foreach (ICertificateFeed feed in feeds)
        {
            (CertificateCondition condition, string? text) = Judge(feed, now, degraded, unhealthy);
            worst = condition > worst ? condition : worst;
            if (text is not null)
            {
                texts.Add(text);
            }
        }

        return (worst, worst == CertificateCondition.Good ? "All certificates are good." : string.Join(' ', texts));
    }

    private static (CertificateCondition Condition, string? Text) Judge(ICertificateFeed feed, DateTimeOffset now, TimeSpan degraded, TimeSpan unhealthy)
    {
        if (feed.Current is not { } material)
        {
            return (CertificateCondition.Bad, $"The {feed.Use} certificates of {feed.Source} cannot be used: {feed.Refusal ?? "they were not read"}");
        }

        // One good authority is enough for a rotation to go on.
        bool Reached(TimeSpan threshold) => material is TrustBundle
            ? material.Watched.All(certificate => IsWithin(certificate, now, threshold))
            : material.Watched.Any(certificate => IsWithin(certificate, now, threshold));
        CertificateCondition condition = Reached(unhealthy) ? CertificateCondition.Bad : Reached(degraded) || feed.Refusal is not null ? CertificateCondition.Degraded : CertificateCondition.Good;
        return condition == CertificateCondition.Good
            ? (condition, null)
            : (condition, $"The {feed.Use} certificates of {feed.Source} expire at {material.Expires.ToUniversalTime():u}.{(feed.Refusal is { } refusal ? $" Newer ones cannot be used: {refusal}" : "")}");
    }

    private static bool IsWithin(X509Certificate2 certificate, DateTimeOffset now, TimeSpan threshold) =>
        CertificateExpiry.Left(certificate, now) <= CertificateExpiry.Within(certificate, threshold);
}
