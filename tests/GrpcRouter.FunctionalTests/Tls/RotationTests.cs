using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcRouter.FunctionalTests;

public sealed class RotationTests : TlsTest
{
    private readonly ConcurrentDictionary<string, byte> shown = new(StringComparer.Ordinal);

    [Fact]
    public async Task Certificates_and_authorities_of_both_legs_are_rotated_under_load_and_no_call_fails()
    {
        using TestAuthority next = new("next authority");
        X509Certificate2 first = Authority.Issue("first router");
        Server.Swap(first, Authority);
        Instance.Swap(Authority.Issue("first instance"), Authority);
        RotatingCaller caller = new(Authority.Issue("first caller"), Authority);
        Rig rig = await StartAsync(WithSpy(Mutual(instances: 2, client: caller.Options)));
        using CancellationTokenSource stop = new();
        using AsyncDuplexStreamingCall<Chunk, Chunk> oldest = rig.Client.Talk();
        await EchoAsync(oldest, 0);
        Task<int>[] load =
        [
            .. Enumerable.Range(0, 4).Select(_ => Task.Run(() => CallAsync(rig, stop.Token))),
            .. Enumerable.Range(0, 2).Select(_ => Task.Run(() => StreamAsync(rig, stop.Token))),
        ];
        Assert.Equal(first.Thumbprint, await PresentedAsync(rig, caller));

        // Everybody comes to trust both authorities, while certificates are those of the old one.
        Server.Swap(first, Authority, next);
        await UntilAsync(rig, next.Issue("scout"), StatusCode.OK);
        await RenewedAsync(rig, () => Instance.Swap(Authority.Issue("second instance"), Authority, next));
        caller.Trusted = [Authority, next];

        // Each gets a certificate of the new one.
        X509Certificate2 second = next.Issue("second router");
        Server.Swap(second, Authority, next);
        await UntilPresentedAsync(rig, caller, second);
        await RenewedAsync(rig, () => Instance.Swap(next.Issue("third instance"), Authority, next));
        caller.Certificate = next.Issue("second caller");
        await ShownAsync("second caller");
        await EchoAsync(oldest, 1);

        // The old one is trusted no more.
        Server.Swap(second, next);
        await UntilAsync(rig, Authority.Issue("straggler"), StatusCode.Unavailable);
        await RenewedAsync(rig, () => Instance.Swap(next.Issue("last instance"), next));
        caller.Trusted = [next];
        caller.Certificate = next.Issue("last caller");
        await ShownAsync("last caller");

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(load), static calls => Assert.True(calls > 0));
        await EchoAsync(oldest, 2);
        await oldest.RequestStream.CompleteAsync();
        Assert.False(await oldest.ResponseStream.MoveNext(CancellationToken.None));
        Assert.All(["first instance", "second instance", "third instance", "last instance", "first caller"], name => Assert.Contains($"CN={name}", shown.Keys));
        rig.Logs.Expect("HandshakeFailed");
        Assert.All(rig.Logs.Texts("HandshakeFailed"), static text => Assert.Matches("CN=(scout|straggler)", text));
    }

    [Fact]
    public async Task A_new_certificate_leaves_the_connections_there_are_alone()
    {
        WriteAll();
        Rig rig = await StartAsync(Mutual(client: Caller(Authority.Issue("caller"), Authority)));
        using AsyncDuplexStreamingCall<Chunk, Chunk> talk = rig.Client.Talk();
        await EchoAsync(talk, 0);
        InstanceChannel channel = rig.Router.Instances[0];
        X509Certificate2 second = Authority.Issue("second router");

        Server.Write(second);

        RotatingCaller scout = new(Authority.Issue("scout"), Authority);
        await UntilPresentedAsync(rig, scout, second);
        await EchoAsync(talk, 1);
        Assert.Same(channel, rig.Router.Instances[0]);
        await talk.RequestStream.CompleteAsync();
        Assert.False(await talk.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task A_key_that_does_not_fit_leaves_the_certificate_before_in_use_and_is_logged_once()
    {
        WriteAll();
        Rig rig = await StartAsync(Mutual());
        rig.Logs.Expect("CertificatesRefused");
        RotatingCaller scout = new(Authority.Issue("scout"), Authority);
        string? before = await PresentedAsync(rig, scout);

        Server.Put("tls.key", TestAuthority.KeyPem(Authority.Issue("other")));
        await Until.TrueAsync(() => rig.Logs.Texts("CertificatesRefused").Length > 0, "Not refused.");

        Assert.Equal(before, await PresentedAsync(rig, scout));
        string line = Assert.Single(rig.Logs.Texts("CertificatesRefused"));
        Assert.Contains(Server.File("tls.key"), line, StringComparison.Ordinal);
        X509Certificate2 second = Authority.Issue("second router");
        Server.Write(second);
        await UntilPresentedAsync(rig, scout, second);
    }

    private RigOptions WithSpy(RigOptions options) => new()
    {
        Instances = options.Instances,
        Listen = options.Listen,
        Router = options.Router,
        Bridge = options.Bridge,
        Client = options.Client,
        Builder = builder => builder.Services.AddSingleton<IStartupFilter>(new CertificateSpy(shown)),
    };

    private static async Task<int> CallAsync(Rig rig, CancellationToken stop)
    {
        int calls = 0;
        while (!stop.IsCancellationRequested)
        {
            Assert.Equal(calls, (await rig.Client.UnaryAsync(new Chunk { Number = calls })).Number);
            calls++;
        }

        return calls;
    }

    private static async Task<int> StreamAsync(Rig rig, CancellationToken stop)
    {
        int messages = 0;
        while (!stop.IsCancellationRequested)
        {
            using AsyncDuplexStreamingCall<Chunk, Chunk> talk = rig.Client.Talk();
            for (int i = 0; i < 20; i++, messages++)
            {
                await EchoAsync(talk, messages);
            }

            await talk.RequestStream.CompleteAsync();
            Assert.False(await talk.ResponseStream.MoveNext(CancellationToken.None));
        }

        return messages;
    }

    private static async Task EchoAsync(AsyncDuplexStreamingCall<Chunk, Chunk> talk, int number)
    {
        await talk.RequestStream.WriteAsync(new Chunk { Number = number });
        Assert.True(await talk.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(number, talk.ResponseStream.Current.Number);
    }

    /// <summary>Changes the instances' certificate and waits for channels that were dialed with it.</summary>
    private static async Task RenewedAsync(Rig rig, Action change)
    {
        HashSet<InstanceChannel> before = [.. rig.Router.Instances];
        change();
        await Until.TrueAsync(
            () => rig.Router.Instances is { Count: 2 } now && now.All(channel => !before.Contains(channel) && channel.State == InstanceState.Ready),
            () => $"Not renewed: {string.Join("; ", rig.Router.Instances)}");
    }

    private Task ShownAsync(string name) => Until.TrueAsync(() => shown.ContainsKey($"CN={name}"), $"No call came with the certificate of {name}.");

    private static async Task UntilPresentedAsync(Rig rig, RotatingCaller caller, X509Certificate2 certificate)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (await PresentedAsync(rig, caller) != certificate.Thumbprint)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Until.Patience, $"{certificate.Subject} is not presented.");
        }
    }

    /// <summary>The certificate that a handshake shows now.</summary>
    private static async Task<string?> PresentedAsync(Rig rig, RotatingCaller caller)
    {
        using TcpClient tcp = new();
        await tcp.ConnectAsync("127.0.0.1", rig.Host.Port);
        await using SslStream ssl = new(tcp.GetStream());
        await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            LocalCertificateSelectionCallback = (_, _, _, _, _) => caller.Certificate,
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        });

        // It answers once it has taken the connection.
        await ssl.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"u8.ToArray());
        Assert.True(await ssl.ReadAsync(new byte[64]) > 0);
        return ((X509Certificate2)ssl.RemoteCertificate!).Thumbprint;
    }

    /// <summary>Tries until calls with a certificate on a connection of their own end in a certain way.</summary>
    private static async Task UntilAsync(Rig rig, X509Certificate2 certificate, StatusCode wanted)
    {
        long start = TimeProvider.System.GetTimestamp();
        StatusCode ended;
        do
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Until.Patience, $"Calls of {certificate.Subject} do not end {wanted}.");
            SslClientAuthenticationOptions ssl = new()
            {
                LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate,
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
            };
            using GrpcChannel channel = GrpcChannel.ForAddress(rig.Address, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { SslOptions = ssl }, DisposeHttpClient = true });
            try
            {
                await new Probe.ProbeClient(channel).UnaryAsync(new Chunk());
                ended = StatusCode.OK;
            }
            catch (RpcException error)
            {
                ended = error.StatusCode;
            }
        }
        while (ended != wanted);
    }

    /// <summary>Writes down whose certificates requests come with.</summary>
    private sealed class CertificateSpy(ConcurrentDictionary<string, byte> shown) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, following) =>
            {
                shown.TryAdd(context.Connection.ClientCertificate?.Subject ?? "nobody", 0);
                return following(context);
            });
            next(app);
        };
    }
}
