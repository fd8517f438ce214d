using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.Client.Tests;

/// <summary>A real HTTP server on the loopback whose every answer is written by the test.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<RouterChannel> _channels = [];

    private ScriptedServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public static async Task<ScriptedServer> StartAsync(
        Func<ServedCall, Task> script,
        HttpProtocols protocols = HttpProtocols.Http2,
        X509Certificate2? certificate = null,
        int streamsPerConnection = 100)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = streamsPerConnection;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        var app = builder.Build();
        app.Run(context => script(new ServedCall(context)));
        await app.StartAsync();
        return new(app);
    }

    public RouterChannel CreateChannel(RouterChannelOptions? options = null)
    {
        var channel = RouterChannel.ForAddress(Address, options);
        _channels.Add(channel);
        return channel;
    }

    public CallInvoker CreateInvoker(RouterChannelOptions? options = null) => CreateChannel(options).CreateCallInvoker();

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        using CancellationTokenSource now = new();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
