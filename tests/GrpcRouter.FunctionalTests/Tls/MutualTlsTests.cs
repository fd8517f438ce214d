using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;

namespace GrpcRouter.FunctionalTests;

public sealed class MutualTlsTests : TlsTest
{
    [Fact]
    public async Task Calls_go_through_a_router_that_asks_clients_and_instances_for_certificates()
    {
        WriteAll();
        Rig rig = await StartAsync(Mutual());

        Chunk answer = await rig.Client.UnaryAsync(new Chunk { Number = 7 });

        Assert.StartsWith("https://", rig.Address, StringComparison.Ordinal);
        Assert.Equal(7, answer.Number);
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_refused_and_named()
    {
        WriteAll();
        Rig rig = await StartAsync(Mutual());
        rig.Logs.Expect("HandshakeFailed");

        Assert.Equal(StatusCode.Unavailable, await CallAsync(rig, Caller(null, Authority)));

        await LoggedAsync(rig, "No TLS with ipv4:127.0.0.1:", "showed no client certificate");
    }

    [Fact]
    public async Task A_client_of_another_authority_is_refused_and_named()
    {
        WriteAll();
        using TestAuthority other = new("other authority");
        Rig rig = await StartAsync(Mutual());
        rig.Logs.Expect("HandshakeFailed");

        Assert.Equal(StatusCode.Unavailable, await CallAsync(rig, Caller(other.Issue("stranger"), Authority)));

        await LoggedAsync(rig, "ipv4:127.0.0.1:", "CN=stranger, issued by CN=other authority", "PartialChain");
    }

    [Fact]
    public async Task A_client_whose_certificate_has_expired_is_refused_and_named()
    {
        WriteAll();
        Rig rig = await StartAsync(Mutual());
        rig.Logs.Expect("HandshakeFailed");

        Assert.Equal(StatusCode.Unavailable, await CallAsync(rig, Caller(
            Authority.Issue("late", from: DateTimeOffset.UtcNow.AddDays(-9), until: DateTimeOffset.UtcNow.AddDays(-2)), Authority)));

        await LoggedAsync(rig, "ipv4:127.0.0.1:", "CN=late", "NotTimeValid");
    }

    [Fact]
    public async Task Clients_without_a_certificate_are_nobody_where_certificates_are_allowed()
    {
        WriteAll();
        Rig rig = await StartAsync(Mutual(static tls => tls.ClientCertificates = ClientCertificates.Allow));

        Assert.Equal(StatusCode.OK, await CallAsync(rig, Caller(null, Authority)));

        rig.Logs.Expect("HandshakeFailed");
        using TestAuthority other = new("other authority");
        Assert.Equal(StatusCode.Unavailable, await CallAsync(rig, Caller(other.Issue("stranger"), Authority)));
        await LoggedAsync(rig, "CN=stranger");
    }

    [Fact]
    public async Task Any_client_certificate_is_taken_only_where_that_is_asked_for_and_the_start_warns_of_it()
    {
        WriteAll();
        using TestAuthority other = new("other authority");
        Rig rig = await StartAsync(Mutual(static tls => tls.DangerousAcceptAnyClientCertificate = true));
        rig.Logs.Expect("AnyClientTaken");

        Assert.Equal(StatusCode.OK, await CallAsync(rig, Caller(other.Issue("stranger"), Authority)));
    }

    [Fact]
    public async Task A_client_that_speaks_TLS_1_2_is_refused_and_named()
    {
        WriteAll();
        Rig rig = await StartAsync(Mutual());
        rig.Logs.Expect("HandshakeFailed");

        Assert.NotEqual(StatusCode.OK, await CallAsync(rig, Caller(
            Authority.Issue("caller"), Authority, static ssl => ssl.EnabledSslProtocols = SslProtocols.Tls12)));

        await LoggedAsync(rig, "ipv4:127.0.0.1:", "older versions of TLS");
    }

    [Fact]
    public async Task TLS_1_2_is_spoken_where_that_is_asked_for()
    {
        WriteAll();
        Rig rig = await StartAsync(Mutual(static tls => tls.MinVersion = TlsVersion.Tls12, static tls => tls.MinVersion = TlsVersion.Tls12));

        Assert.Equal(StatusCode.OK, await CallAsync(rig, Caller(
            Authority.Issue("caller"), Authority, static ssl => ssl.EnabledSslProtocols = SslProtocols.Tls12)));
    }

    [Fact]
    public async Task A_client_that_does_not_offer_HTTP_2_is_refused_and_named()
    {
        WriteAll();
        Rig rig = await StartAsync(Mutual());
        rig.Logs.Expect("HandshakeFailed", "");
        using TcpClient tcp = new();
        await tcp.ConnectAsync(IPAddress.Loopback, rig.Host.Port);
        await using SslStream ssl = new(tcp.GetStream());
        X509Certificate2 certificate = Authority.Issue("caller");

        await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        });

        await LoggedAsync(rig, $"ipv4:127.0.0.1:{((IPEndPoint)tcp.Client.LocalEndPoint!).Port}:", "did not offer HTTP/2");
        Assert.Equal(0, await ssl.ReadAsync(new byte[100]));
    }

    [Fact]
    public async Task A_client_that_speaks_no_TLS_on_a_port_with_TLS_is_refused_and_named()
    {
        WriteAll();
        Rig rig = await StartAsync(Mutual());
        rig.Logs.Expect("HandshakeFailed");
        using GrpcChannel channel = GrpcChannel.ForAddress(rig.Address.Replace("https", "http", StringComparison.Ordinal));

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await new Probe.ProbeClient(channel).UnaryAsync(new Chunk()));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        await LoggedAsync(rig, "ipv4:127.0.0.1:", "does not speak TLS");
    }

    private static async Task<StatusCode> CallAsync(Rig rig, GrpcChannelOptions options)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(rig.Address, options);
        try
        {
            await new Probe.ProbeClient(channel).UnaryAsync(new Chunk());
            return StatusCode.OK;
        }
        catch (RpcException error)
        {
            return error.StatusCode;
        }
    }
}
