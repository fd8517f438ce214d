using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace GrpcRouter.FunctionalTests;

/// <summary>A client whose certificate and authorities change while it calls. It opens new connections all the time.</summary>
internal sealed class RotatingCaller
{
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMilliseconds(50);

    public RotatingCaller(X509Certificate2 certificate, params TestAuthority[] trusted)
    {
        Certificate = certificate;
        Trusted = trusted;
        Options = new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                PooledConnectionLifetime = ConnectionLife,
                SslOptions = new SslClientAuthenticationOptions
                {
                    LocalCertificateSelectionCallback = (_, _, _, _, _) => Certificate,
                    RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                        (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0 && IsTrusted((X509Certificate2)certificate!),
                },
            },
        };
    }

    public GrpcChannelOptions Options { get; }

    public X509Certificate2 Certificate { get; set; }

    public IReadOnlyList<TestAuthority> Trusted { get; set; }

    private bool IsTrusted(X509Certificate2 certificate)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (TestAuthority authority in Trusted)
        {
            chain.ChainPolicy.CustomTrustStore.Add(authority.Root);
        }

        return chain.Build(certificate);
    }
}
