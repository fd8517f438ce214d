using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting;

namespace GrpcRouter.FunctionalTests;

/// <summary>A router, instances and clients that speak TLS with certificates of one authority.</summary>
public abstract class TlsTest : FunctionalTest
{
    private protected TestAuthority Authority { get; } = new("authority");

    /// <summary>The router's certificate and the authorities of who connects.</summary>
    private protected CertificateFolder Server { get; } = new();

    /// <summary>The certificate of instances and the authorities of routers.</summary>
    private protected CertificateFolder Instance { get; } = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Server.Dispose();
        Instance.Dispose();
        Authority.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void WriteAll()
    {
        Server.Write(Authority.Issue("router"));
        Server.Trust(Authority);
        Instance.Write(Authority.Issue("instance"));
        Instance.Trust(Authority);
    }

    private protected RigOptions Mutual(Action<TlsOptions>? router = null, Action<BridgeTlsOptions>? bridge = null, int instances = 1, GrpcChannelOptions? client = null) => new()
    {
        Instances = instances,
        Listen = static listen => listen.UseRouterTls(),
        Router = options =>
        {
            options.Tls.Certificate.Directory = Server.Path;
            options.Tls.ClientTrust.Directory = Server.Path;
            router?.Invoke(options.Tls);
        },
        Bridge = options =>
        {
            options.Tls.Certificate.Directory = Instance.Path;
            options.Tls.Trust.Directory = Instance.Path;
            bridge?.Invoke(options.Tls);
        },
        Client = client ?? Caller(Authority.Issue("caller"), Authority),
    };

    /// <summary>A client that shows a certificate and trusts one authority.</summary>
    private protected static GrpcChannelOptions Caller(X509Certificate2? certificate, TestAuthority trusted, Action<SslClientAuthenticationOptions>? change = null) => new()
    {
        HttpHandler = Handler(certificate, trusted, change),
        DisposeHttpClient = true,
    };

    private protected static SocketsHttpHandler Handler(X509Certificate2? certificate, TestAuthority trusted, Action<SslClientAuthenticationOptions>? change = null)
    {
        SslClientAuthenticationOptions ssl = new()
        {
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { trusted.Root }, RevocationMode = X509RevocationMode.NoCheck },
        };
        change?.Invoke(ssl);
        return new SocketsHttpHandler { SslOptions = ssl, EnableMultipleHttp2Connections = true };
    }

    private protected static async Task LoggedAsync(Rig rig, params string[] parts)
    {
        await Until.TrueAsync(
            () => Array.Exists(rig.Logs.Texts("HandshakeFailed"), text => Array.TrueForAll(parts, part => text.Contains(part, StringComparison.Ordinal))),
            () => $"No such line: {string.Join(", ", parts)}; there is:\n{string.Join('\n', rig.Logs.Texts("HandshakeFailed"))}");
    }
}
