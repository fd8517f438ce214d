using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter;

/// <summary>Says what is wrong with a certificate that a peer has shown.</summary>
internal static class PeerCertificate
{
    /// <returns>Null where nothing is.</returns>
    public static string? Fault(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, ClientCertificates wanted)
    {
        if (certificate is null)
        {
            return wanted == ClientCertificates.Require ? "it showed no client certificate, and one is required." : null;
        }

        if (errors == SslPolicyErrors.None)
        {
            return null;
        }

        string faults = string.Join(", ", chain?.ChainStatus.Select(static status => status.Status.ToString()).Distinct() ?? []);
        return $"its client certificate of {Plain(certificate.Subject)}, issued by {Plain(certificate.Issuer)}, does not hold: {(faults.Length > 0 ? faults : errors.ToString())}.";
    }

    // A stranger's words, on their way to the log.
    private static string Plain(string name)
    {
        const int Longest = 200;
        string shown = name.Length > Longest ? $"{name.AsSpan(0, Longest)}..." : name;
        return string.Concat(shown.Select(static letter => char.IsControl(letter) ? '?' : letter));
    }
}
