using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Greet;
using Grpc.Core;
using Grpc.Net.Client;
using GrpcRouter;

// An authority of our own for the router, its instances and its clients, and one that nobody here trusts.
var folder = Directory.CreateTempSubdirectory("grpcrouter-secure-");
using var authority = new DevelopmentAuthority("Development CA");
using var stranger = new DevelopmentAuthority("Somebody else's CA");
string At(string name) => Path.Combine(folder.FullName, name);
using var routerCertificate = authority.Issue("router", At("router"));
using var amberCertificate = authority.Issue("amber", At("amber"));
using var basilCertificate = authority.Issue("basil", At("basil"));
using var malloryCertificate = stranger.Issue("mallory", At("mallory"));
using var callerCertificate = authority.Issue("caller", At("caller"));
Console.WriteLine($"CA       made, with certificates for the router, the instances amber and basil, and a caller, in {folder.FullName}");

// The router: whoever connects must show a certificate of the authority, and one whose subject is amber may register. The folders could be mounted secrets that an agent rewrites.
var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("https://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Error);
#region router
builder.Services.AddGrpcRouter(o =>
{
    o.Tls.Certificate.Directory = At("router");
    o.Tls.ClientTrust.Directory = At("router");
    o.Registration.Rules.Add(new RegistrationRuleOptions { Identity = "cn:amber", Services = { "greet.Greeter" } });
});
#endregion
var app = builder.Build();
app.MapGrpcRouter<GreeterRouter>();
await app.StartAsync();
var address = app.Urls.Single();
var instances = app.Services.GetRequiredService<RouterHub>().GetRouter<GreeterRouter>();
Console.WriteLine($"router   listens on {address}, TLS 1.3, and asks for certificates of the Development CA");

using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));

// amber has one.
#region instance
await using var amber = new GreeterBridge(new GreeterService("amber"), address, new BridgeOptions
{
    Tls = { Certificate = { Directory = At("amber") }, Trust = { Directory = At("amber") } },
});
#endregion
await amber.StartAsync(patience.Token);
Console.WriteLine("amber    shows a certificate of the Development CA and is registered");

// basil has one too, and no rule that lets it register.
Console.WriteLine($"basil    shows one too, and is refused: {await RefusalOfAsync("basil")}");

// mallory has one of an authority that the router does not trust.
Console.WriteLine($"mallory  shows one of Somebody else's CA and is refused: {await RefusalOfAsync("mallory")}");
Expect(instances.Instances.Count == 1, "amber alone is registered");

// Callers are asked as well.
using (var channel = RouterChannel.ForAddress(address, Caller(callerCertificate)))
{
    var reply = await new Greeter.GreeterClient(channel).SayHelloAsync(new HelloRequest { Name = "Ada" }, cancellationToken: patience.Token);
    Expect(reply.Instance == "amber", "amber answers");
    Console.WriteLine($"caller   shows a certificate and is answered by {reply.Instance}: {reply.Message}");
}

using (var channel = RouterChannel.ForAddress(address, Caller(null)))
{
    try
    {
        await new Greeter.GreeterClient(channel).SayHelloAsync(new HelloRequest { Name = "Eve" }, cancellationToken: patience.Token);
        Expect(false, "a caller without a certificate is refused");
    }
    catch (RpcException error) when (error.StatusCode is StatusCode.Unavailable or StatusCode.Internal)
    {
        Console.WriteLine("nobody   shows none and does not get through");
    }
}

// The router gets a new certificate while a conversation goes on, and so does amber: its channel is renewed.
using (var channel = RouterChannel.ForAddress(address, Caller(callerCertificate)))
{
    using var chat = new Greeter.GreeterClient(channel).Chat(cancellationToken: patience.Token);
    await TalkAsync(chat, "Grace");
    var before = instances.Instances.Single();
    authority.Issue("router", At("router")).Dispose();
    authority.Issue("amber", At("amber")).Dispose();
    while (!instances.Instances.Any(channel => channel != before))
    {
        await Task.Delay(20, patience.Token);
    }

    await TalkAsync(chat, "Hopper");
    await chat.RequestStream.CompleteAsync();
    Console.WriteLine("rotation router and amber have new certificates; the conversation went on, and amber has registered with its new one");
}

await amber.StopAsync();
await app.DisposeAsync();
folder.Delete(recursive: true);
Console.WriteLine("done     everything ended as it should");
return 0;

// Tries to register an instance, and says what became of it.
async Task<string> RefusalOfAsync(string name)
{
    var log = new RefusalLog();
    await using var bridge = new GreeterBridge(new GreeterService(name), address, new BridgeOptions
    {
        Tls = { Certificate = { Directory = At(name) }, Trust = { Path = Path.Combine(At("amber"), "ca.crt") } },
        LoggerFactory = log,
    });
    var registered = bridge.StartAsync(patience.Token);
    await Task.WhenAny(registered, log.Refused.WaitAsync(patience.Token));
    Expect(log.Refused.IsCompletedSuccessfully && !bridge.IsRegistered, $"{name} is refused");
    await bridge.StopAsync();
    await registered.ContinueWith(static _ => { });
    return log.Refused.Result;
}

static async Task TalkAsync(AsyncDuplexStreamingCall<HelloRequest, HelloReply> chat, string name)
{
    await chat.RequestStream.WriteAsync(new HelloRequest { Name = name });
    Expect(await chat.ResponseStream.MoveNext(CancellationToken.None), "the conversation goes on");
}

// Any gRPC client does; this is how one on SocketsHttpHandler shows its certificate and trusts the authority.
GrpcChannelOptions Caller(X509Certificate2? certificate) => new()
{
    DisposeHttpClient = true,
    HttpHandler = new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority.Certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    },
};

static void Expect(bool holds, string what)
{
    if (!holds)
    {
        Console.Error.WriteLine($"Not so: {what}.");
        Environment.Exit(1);
    }
}
