using System.Reflection;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcRouter.Client.Tests;

public sealed class DefaultsTests
{
    [Fact]
    public void A_handler_of_the_channels_own_notices_lost_routers_and_grows_beyond_one_connection()
    {
        GrpcChannelOptions settings = ChannelDefaults.Complete(null);

        using SocketsHttpHandler handler = Assert.IsType<SocketsHttpHandler>(settings.HttpHandler);
        Assert.True(handler.EnableMultipleHttp2Connections);
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10)), (handler.KeepAlivePingDelay, handler.KeepAlivePingTimeout));
        Assert.Equal(HttpKeepAlivePingPolicy.WithActiveRequests, handler.KeepAlivePingPolicy);
        Assert.Equal(TimeSpan.FromSeconds(10), handler.ConnectTimeout);
        Assert.False(handler.AllowAutoRedirect || handler.UseCookies || handler.UseProxy);
        Assert.True(settings.DisposeHttpClient);
    }

    [Fact]
    public void Every_option_that_is_set_stands()
    {
        using HttpClientHandler handler = new();
        GrpcChannelOptions options = new()
        {
            CompressionProviders = [new Grpc.Net.Compression.GzipCompressionProvider(default)],
            Credentials = ChannelCredentials.Insecure,
            DisableResolverServiceConfig = true,
            HttpHandler = handler,
            HttpVersion = new Version(3, 0),
            HttpVersionPolicy = HttpVersionPolicy.RequestVersionOrHigher,
            InitialReconnectBackoff = TimeSpan.FromSeconds(7),
            LoggerFactory = NullLoggerFactory.Instance,
            MaxReceiveMessageSize = 1,
            MaxReconnectBackoff = TimeSpan.FromSeconds(8),
            MaxRetryAttempts = 2,
            MaxRetryBufferPerCallSize = 3,
            MaxRetryBufferSize = 4,
            MaxSendMessageSize = 5,
            ServiceConfig = new ServiceConfig(),
            ServiceProvider = new ServiceCollection().BuildServiceProvider(),
            ThrowOperationCanceledOnCancellation = true,
            UnsafeUseInsecureChannelCallCredentials = true,
        };
        PropertyInfo[] properties = typeof(GrpcChannelOptions).GetProperties();
        GrpcChannelOptions defaults = new();
        string[] untouched = [.. properties.Where(property => Equals(property.GetValue(options), property.GetValue(defaults))).Select(property => property.Name).Order(StringComparer.Ordinal)];

        GrpcChannelOptions settings = ChannelDefaults.Complete(options);

        // What the test itself leaves out: a client excludes a handler, and what is disposed is told by the tests below.
        Assert.Equal([nameof(GrpcChannelOptions.DisposeHttpClient), nameof(GrpcChannelOptions.HttpClient)], untouched);
        Assert.NotSame(options, settings);
        Assert.All(properties, property => Assert.Equal(property.GetValue(options), property.GetValue(settings)));
    }

    [Fact]
    public void A_client_of_the_callers_stays_and_remains_the_callers()
    {
        using HttpClient client = new();

        GrpcChannelOptions settings = ChannelDefaults.Complete(new GrpcChannelOptions { HttpClient = client });

        Assert.Same(client, settings.HttpClient);
        Assert.Null(settings.HttpHandler);
        Assert.False(settings.DisposeHttpClient);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_of_the_callers_sends_the_requests_and_is_disposed_on_request_alone(bool several)
    {
        await using EchoSite site = await EchoSite.StartAsync("one");
        string[] addresses = several ? [site.Address, "http://127.0.0.1:1"] : [site.Address];
        using CountingHandler handler = new();
        using (GrpcChannel channel = RouterChannel.ForAddresses(addresses, new GrpcChannelOptions { HttpHandler = handler }))
        {
            await new Echo.EchoClient(channel).OneAsync(new Line());
        }

        Assert.Equal((1, false), (handler.Requests, handler.Disposed));
        RouterChannel.ForAddresses(addresses, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true }).Dispose();
        Assert.True(handler.Disposed);
    }

    [Fact]
    public void A_client_of_the_callers_reaches_one_router_alone()
    {
        using HttpClient client = new();

        Assert.Throws<InvalidOperationException>(() => RouterChannel.ForAddresses(["http://one", "http://two"], new GrpcChannelOptions { HttpClient = client }));
    }

    private sealed class CountingHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Requests { get; private set; }

        public bool Disposed { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return base.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            Disposed = true;
            base.Dispose(disposing);
        }
    }
}
