using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.Features;

namespace GrpcRouter;

/// <summary>Reads who calls from the client certificate of the connection, which Kestrel has verified, and keeps it for the connection's calls.</summary>
internal sealed class CertificateCaller
{
    private X509Certificate2? last;
    private PeerIdentity? identity;

    public PeerIdentity? Of(IFeatureCollection features)
    {
        if (features.Get<ITlsConnectionFeature>()?.ClientCertificate is not { } certificate)
        {
            return null;
        }

        if (!ReferenceEquals(last, certificate))
        {
            last = certificate;
            identity = CertificateIdentity.Read(certificate, out _);
        }

        return identity;
    }
}
