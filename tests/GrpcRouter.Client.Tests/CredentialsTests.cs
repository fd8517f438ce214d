using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GrpcRouter.Client.Tests;

public sealed class CredentialsTests
{
    private readonly RouterChannelOptions _insecure = new() { UnsafeUseInsecureChannelCallCredentials = true };
    private string[]? _seen;

    [Fact]
    public async Task Call_credentials_are_sent_as_metadata()
    {
        await using var server = await StartAsync();
        await server.CreateInvoker(_insecure).One(options: new(credentials: Token("t"))).ResponseAsync.Soon();

        Assert.Equal(["t"], _seen!);
    }

    [Fact]
    public async Task Joined_credentials_are_sent_in_their_order()
    {
        await using var server = await StartAsync();
        var joined = CallCredentials.Compose(Token("a"), CallCredentials.Compose(Token("b"), Token("c")));
        await server.CreateInvoker(_insecure).One(options: new(credentials: joined)).ResponseAsync.Soon();

        Assert.Equal(["a", "b", "c"], _seen!);
    }

    [Fact]
    public async Task Call_credentials_stay_off_a_channel_without_tls()
    {
        await using var server = await StartAsync();
        await server.CreateInvoker().One(options: new(credentials: Token("t"))).ResponseAsync.Soon();

        Assert.Empty(_seen!);
    }

    [Fact]
    public async Task Call_credentials_know_the_call_they_are_for()
    {
        AuthInterceptorContext? context = null;
        await using var server = await StartAsync();
        var credentials = CallCredentials.FromInterceptor((seen, _) =>
        {
            context = seen;
            return Task.CompletedTask;
        });
        await server.CreateInvoker(_insecure).One(options: new(credentials: credentials)).ResponseAsync.Soon();

        Assert.Equal($"{server.Address}/echo.Echoes", context!.ServiceUrl);
        Assert.Equal("One", context.MethodName);
    }

    [Fact]
    public async Task Credentials_that_fail_fail_the_call()
    {
        await using var server = await StartAsync();
        var credentials = CallCredentials.FromInterceptor((_, _) => throw new FormatException("no token"));
        var status = await Calls.StatusOf(() => server.CreateInvoker(_insecure).One(options: new(credentials: credentials)).ResponseAsync);

        Assert.Equal(StatusCode.Internal, status.StatusCode);
        Assert.IsType<FormatException>(status.DebugException);
        Assert.Null(_seen);
    }

    [Fact]
    public async Task Credentials_may_fail_with_a_status_of_their_own()
    {
        await using var server = await StartAsync();
        var credentials = CallCredentials.FromInterceptor((_, _) => throw new RpcException(new(StatusCode.Unauthenticated, "log in")));

        Assert.Equal(StatusCode.Unauthenticated, await Calls.CodeOf(() => server.CreateInvoker(_insecure).One(options: new(credentials: credentials)).ResponseAsync));
    }

    [Fact]
    public async Task A_channel_with_tls_sends_the_credentials_of_channel_and_call()
    {
        using var certificate = CreateCertificate();
        await using var server = await ScriptedServer.StartAsync(Serve, certificate: certificate);
        using SocketsHttpHandler handler = new()
        {
            SslOptions = new() { RemoteCertificateValidationCallback = (_, presented, _, _) => presented!.GetCertHashString() == certificate.Thumbprint },
        };
        RouterChannelOptions options = new()
        {
            HttpHandler = handler,
            Credentials = ChannelCredentials.Create(ChannelCredentials.SecureSsl, Token("channel")),
        };
        await server.CreateInvoker(options).One(options: new(credentials: Token("call"))).ResponseAsync.Soon();

        Assert.StartsWith("https://", server.Address, StringComparison.Ordinal);
        Assert.Equal(["channel", "call"], _seen!);
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_unavailable()
    {
        using var certificate = CreateCertificate();
        await using var server = await ScriptedServer.StartAsync(Serve, certificate: certificate);

        Assert.Equal(StatusCode.Unavailable, await Calls.CodeOf(() => server.CreateInvoker().One().ResponseAsync));
        Assert.Null(_seen);
    }

    [Fact]
    public void Credentials_that_contradict_the_address_are_refused()
    {
        Assert.Throws<InvalidOperationException>(() => RouterChannel.ForAddress("https://localhost", new() { Credentials = ChannelCredentials.Insecure }));
        Assert.Throws<InvalidOperationException>(() => RouterChannel.ForAddress("http://localhost", new() { Credentials = ChannelCredentials.SecureSsl }));
    }

    [Fact]
    public void Tls_details_belong_to_the_handler() =>
        Assert.Throws<InvalidOperationException>(() => RouterChannel.ForAddress("https://localhost", new() { Credentials = new SslCredentials("roots") }));

    private static CallCredentials Token(string token) => CallCredentials.FromInterceptor((_, metadata) =>
    {
        metadata.Add("token", token);
        return Task.CompletedTask;
    });

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private Task<ScriptedServer> StartAsync() => ScriptedServer.StartAsync(Serve);

    private Task Serve(ServedCall call)
    {
        _seen = [.. call.RequestHeaders["token"].SelectMany(value => value!.Split(',', StringSplitOptions.TrimEntries))];
        return UnaryCallTests.Echo(call);
    }
}
