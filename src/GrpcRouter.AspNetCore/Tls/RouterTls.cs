using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>
/// Gives each handshake what counts at its moment. An endpoint's own certificate, versions of TLS and rules for client certificates go before the router's.
/// </summary>
internal sealed class RouterTls(RouterCertificates certificates, ILogger<RouterTls> log)
{
    private int endpoints;
    private int displaced;

    /// <summary>Something is set that https endpoints must be told of.</summary>
    public bool IsSet => HasCertificate || AsksClients;

    /// <summary>The router has a certificate.</summary>
    public bool HasCertificate => certificates.Options.Certificate.IsSet;

    /// <summary>Endpoints that it applies to.</summary>
    public int Endpoints => Volatile.Read(ref endpoints);

    private bool AsksClients => certificates.Options.EffectiveClientCertificates != ClientCertificates.None;

    /// <summary>Sets an https endpoint up.</summary>
    public void Configure(HttpsConnectionAdapterOptions https)
    {
        Interlocked.Increment(ref endpoints);
        Func<ConnectionContext?, string?, X509Certificate2?> selector = (_, _) => SelectDisplaced();
        if (HasCertificate)
        {
            // Kestrel wants to know of some certificate when the endpoint is made, and otherwise takes one of its own.
            https.ServerCertificateSelector = selector;
        }

        SslStreamCertificateContext? own = null;
        https.OnAuthenticate = (connection, ssl) =>
        {
            if (ReferenceEquals(https.ServerCertificateSelector, selector))
            {
                ssl.ServerCertificateSelectionCallback = null;
                ssl.ServerCertificateContext = https.ServerCertificate is { } endpoints
                    ? own ??= SslStreamCertificateContext.Create(endpoints, https.ServerCertificateChain, offline: true)
                    : certificates.Server?.Context ?? throw new AuthenticationException("The router has no certificate yet.");
            }

            Apply(https, connection, ssl);
        };
    }

    private void Apply(HttpsConnectionAdapterOptions https, ConnectionContext connection, SslServerAuthenticationOptions ssl)
    {
        TlsOptions options = certificates.Options;
        Handshake handshake = new(connection, ssl.ApplicationProtocols is [var only] && only == SslApplicationProtocol.Http2);
        Handshake.Current = handshake;
        if (https.SslProtocols == SslProtocols.None)
        {
            ssl.EnabledSslProtocols = options.MinVersion.AndLater();
        }

        ClientCertificates wanted = options.EffectiveClientCertificates;
        if (wanted == ClientCertificates.None)
        {
            return;
        }

        bool acceptsAny = options.DangerousAcceptAnyClientCertificate;
        if (!acceptsAny)
        {
            // Without authorities nobody is trusted, rather than all those that the machine trusts for other ends.
            ssl.CertificateChainPolicy = certificates.Clients?.ForClients(options.ClientRevocation) ?? TrustBundle.Nobody();
        }

        // An endpoint that asks for certificates itself has a callback of Kestrel's, beside which there can be no other.
        if (https.ClientCertificateMode == ClientCertificateMode.NoCertificate)
        {
            ssl.ClientCertificateRequired = true;
            ssl.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                (handshake.Refusal = PeerCertificate.Fault(certificate, chain, acceptsAny && certificate is not null ? SslPolicyErrors.None : errors, wanted)) is null;
        }
    }

    // Only asked where the endpoint has displaced OnAuthenticate.
    private X509Certificate2? SelectDisplaced()
    {
        if (AsksClients && Interlocked.Exchange(ref displaced, 1) == 0)
        {
            log.Displaced();
        }

        return certificates.Server?.Context.TargetCertificate;
    }
}
