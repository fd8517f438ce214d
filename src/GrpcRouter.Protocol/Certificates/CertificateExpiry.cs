using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter;

/// <summary>Says once for each certificate and threshold that it is about to expire.</summary>
internal sealed class CertificateExpiry
{
    // What is issued for days is renewed within days; a third leaves the 30 days of one for a quarter of a year.
    private const int ShareOfLife = 3;

    private static readonly TimeSpan[] Thresholds = [TimeSpan.FromDays(30), TimeSpan.FromDays(7), TimeSpan.FromDays(1), TimeSpan.Zero];

    private readonly Dictionary<string, int> said = new(StringComparer.Ordinal);

    /// <summary>The time before a certificate's end at which something is to happen, at most a third of what it is valid for in all.</summary>
    public static TimeSpan Within(X509Certificate2 certificate, TimeSpan threshold)
    {
        TimeSpan most = (certificate.NotAfter - certificate.NotBefore) / ShareOfLife;
        return threshold < most ? threshold : most;
    }

    /// <summary>Time from now to the end.</summary>
    public static TimeSpan Left(X509Certificate2 certificate, DateTimeOffset now) => new DateTimeOffset(certificate.NotAfter) - now;

    /// <summary>The certificates of which something new is to be said.</summary>
    public IEnumerable<X509Certificate2> Due(IReadOnlyList<X509Certificate2> certificates, DateTimeOffset now)
    {
        foreach (X509Certificate2 certificate in certificates)
        {
            TimeSpan left = Left(certificate, now);
            int passed = Thresholds.Count(threshold => left <= Within(certificate, threshold));
            if (passed > said.GetValueOrDefault(certificate.Thumbprint))
            {
                said[certificate.Thumbprint] = passed;
                yield return certificate;
            }
        }

        // A process that runs for years sees many.
        foreach (string gone in said.Keys.Where(thumbprint => !certificates.Any(certificate => certificate.Thumbprint == thumbprint)).ToList())
        {
            said.Remove(gone);
        }
    }
}
