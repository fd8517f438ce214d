using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.Bridge.Tests;

/// <summary>A real HTTP/2 server whose Register endpoint does what the test says, frame by frame.</summary>
internal sealed class ScriptedRouter : IAsyncDisposable
{
    private readonly Channel<ScriptedChannel> channels = Channel.CreateUnbounded<ScriptedChannel>();
    private readonly WebApplication application;

    private ScriptedRouter(Func<HttpContext, Task<bool>>? answer, IPEndPoint? at, X509Certificate2? certificate)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(at ?? new IPEndPoint(IPAddress.Loopback, 0), listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        application = builder.Build();
        application.MapPost("/probe.ProbeRouter/Register", async (HttpContext context) =>
        {
            if (answer is not null && await answer(context))
            {
                return;
            }

            await using ScriptedChannel channel = new(context);
            await channels.Writer.WriteAsync(channel);
            await channel.RunAsync();
        });
    }

    public string Address => application.Urls.Single();

    public int Port => new Uri(Address).Port;

    /// <summary>Starts a router.</summary>
    /// <param name="answer">May answer a dial itself, with true, instead of opening a channel.</param>
    /// <param name="at">Where it listens; default a free port of the loopback.</param>
    /// <param name="certificate">Makes it speak TLS.</param>
    public static async Task<ScriptedRouter> StartAsync(
        Func<HttpContext, Task<bool>>? answer = null, IPEndPoint? at = null, X509Certificate2? certificate = null)
    {
        ScriptedRouter router = new(answer, at, certificate);
        await router.application.StartAsync();
        return router;
    }

    /// <summary>Gives the next channel that an instance dials.</summary>
    public async Task<ScriptedChannel> AcceptAsync() => await channels.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);

    /// <summary>A channel has been dialed that the test has not taken.</summary>
    public bool HasChannel => channels.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new();
        await now.CancelAsync();
        await application.StopAsync(now.Token);
        await application.DisposeAsync();
    }
}
