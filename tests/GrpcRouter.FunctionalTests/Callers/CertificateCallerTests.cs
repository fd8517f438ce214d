using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.FunctionalTests;

public sealed class CertificateCallerTests
{
    [Fact]
    public async Task A_client_certificate_says_who_calls()
    {
        using X509Certificate2 server = Issue("CN=localhost", uri: null);
        using X509Certificate2 client = Issue("CN=billing", "spiffe://example.org/billing");
        using X509Certificate2 stranger = Issue("CN=stranger", uri: null);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(server, https =>
            {
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (certificate, _, _) => certificate.Thumbprint == client.Thumbprint;
            }));
        });
        builder.Services.AddGrpcRouter(static options => options.Defaults.AuthorizationPolicy = AuthorizationPolicies.Authenticated);
        await using WebApplication app = builder.Build();
        app.MapGrpcRouter<ProbeRouter>();
        await app.StartAsync();
        string secure = app.Urls.Single(static url => url.StartsWith("https", StringComparison.Ordinal));
        await using ProbeBridge bridge = new(
            new ProbeService { OnUnary = static (_, context) => Task.FromResult(new Chunk { Text = context.GetCaller()?.ToString() ?? "" }) },
            app.Urls.Single(static url => !url.StartsWith("https", StringComparison.Ordinal)),
            new BridgeOptions { InstanceId = "one" });
        await bridge.StartAsync().Soon("The bridge did not register.");

        using (GrpcChannel channel = Dial(client))
        {
            Assert.Equal("certificate:spiffe://example.org/billing", (await new Probe.ProbeClient(channel).UnaryAsync(new Chunk())).Text);
            Assert.Equal("certificate:spiffe://example.org/billing", (await new Probe.ProbeClient(channel).UnaryAsync(new Chunk())).Text);
        }

        using (GrpcChannel channel = Dial(certificate: null))
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await new Probe.ProbeClient(channel).UnaryAsync(new Chunk()));
            Assert.Equal((StatusCode.Unauthenticated, RouterReasons.Unauthenticated), (error.StatusCode, Reasons.Of(error)));
        }

        using (GrpcChannel channel = Dial(stranger))
        {
            await Assert.ThrowsAsync<RpcException>(async () => await new Probe.ProbeClient(channel).UnaryAsync(new Chunk()));
        }

        GrpcChannel Dial(X509Certificate2? certificate)
        {
            SocketsHttpHandler handler = new();
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is X509Certificate2 { Thumbprint: var print } && print == server.Thumbprint;
            if (certificate is not null)
            {
                handler.SslOptions.ClientCertificates = [certificate];
            }

            return GrpcChannel.ForAddress(secure, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        }
    }

    // Each its own authority: whom the other side trusts is said by the test.
    private static X509Certificate2 Issue(string subject, string? uri)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        if (uri is not null)
        {
            SubjectAlternativeNameBuilder names = new();
            names.AddUri(new Uri(uri));
            request.CertificateExtensions.Add(names.Build());
        }

        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 issued = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(issued.Export(X509ContentType.Pkcs12), password: null);
    }
}
