using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter;

/// <summary>Reads from a verified client certificate who has it.</summary>
public static class CertificateIdentity
{
    /// <summary>Before the names of hosts.</summary>
    public const string DnsPrefix = "dns:";

    /// <summary>Before the common name of a subject.</summary>
    public const string CommonNamePrefix = "cn:";

    /// <summary>Before a whole subject (RFC 4514).</summary>
    public const string SubjectPrefix = "dn:";

    private const int MaxLength = 2048;
    private const string AlternativeNames = "2.5.29.17";
    private const string CommonNameOid = "2.5.4.3";

    // GeneralName of RFC 5280, section 4.2.1.6.
    private static readonly Asn1Tag DnsTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>
    /// Gives the identity of a certificate. Its names are the URIs among the subject alternative names as they stand, then <c>dns:</c> and a host, <c>cn:</c> and the common name, <c>dn:</c> and
    /// the subject; the first there is is the name it goes by. Kinds have prefixes because they are not worth the same: what stands in a common name need never have been checked by whoever
    /// issued the certificate. A certificate with a SPIFFE id must be an X.509-SVID: the id is its only URI, and it is no authority's.
    /// </summary>
    /// <param name="certificate">The certificate; whoever calls has verified it.</param>
    /// <param name="problem">Why there is no identity; null when there is one.</param>
    /// <returns>Null when the certificate names nobody.</returns>
    public static PeerIdentity? Read(X509Certificate2 certificate, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        List<string> uris = [];
        List<string> hosts = [];
        try
        {
            foreach (X509Extension extension in certificate.Extensions)
            {
                if (extension.Oid?.Value == AlternativeNames)
                {
                    ReadNames(extension.RawData, uris, hosts);
                }
            }
        }
        catch (Exception error) when (error is AsnContentException or CryptographicException)
        {
            problem = "The subject alternative names of the client certificate cannot be read.";
            return null;
        }

        if (uris.Exists(SpiffeId.IsMeant) && CheckSvid(certificate, uris) is { } fault)
        {
            problem = fault;
            return null;
        }

        List<string> all = [.. uris, .. hosts.Select(static host => DnsPrefix + host.ToLowerInvariant())];
        if (CommonName(certificate) is { } commonName)
        {
            all.Add(CommonNamePrefix + commonName);
        }

        if (certificate.Subject.Length > 0)
        {
            all.Add(SubjectPrefix + certificate.Subject);
        }

        string[] names = [.. all.Where(static name => name.Length <= MaxLength && !name.Any(char.IsControl))];
        problem = names.Length == 0 ? "The client certificate names nobody." : null;
        return names.Length == 0 ? null : new PeerIdentity(PeerIdentitySchemes.Certificate, names[0]) { Names = names, Expires = new DateTimeOffset(certificate.NotAfter) };
    }

    private static void ReadNames(byte[] extension, List<string> uris, List<string> hosts)
    {
        AsnReader names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            Asn1Tag tag = names.PeekTag();
            if (tag == UriTag)
            {
                uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
            }
            else if (tag == DnsTag)
            {
                hosts.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, DnsTag));
            }
            else
            {
                names.ReadEncodedValue();
            }
        }
    }

    // SPIFFE X509-SVID, sections 2, 4.1 and 4.3.
    private static string? CheckSvid(X509Certificate2 certificate, List<string> uris)
    {
        if (uris.Count > 1)
        {
            return "The client certificate has a SPIFFE id and another URI; an X.509-SVID has one.";
        }

        if (!SpiffeId.IsWorkload(uris[0]))
        {
            return "The SPIFFE id of the client certificate is not valid, or has no path.";
        }

        bool isAuthority = certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(static constraints => constraints.CertificateAuthority)
            || certificate.Extensions.OfType<X509KeyUsageExtension>().Any(static usage => (usage.KeyUsages & (X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign)) != 0);
        return isAuthority ? "The client certificate has a SPIFFE id and is an authority's." : null;
    }

    // Several common names would let whoever reads choose.
    private static string? CommonName(X509Certificate2 certificate)
    {
        X500RelativeDistinguishedName[] names =
            [.. certificate.SubjectName.EnumerateRelativeDistinguishedNames().Where(static part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonNameOid)];
        return names.Length == 1 ? names[0].GetSingleElementValue() : null;
    }
}
