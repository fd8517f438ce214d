using System.Net;
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

    private ScriptedRouter(Func<HttpContext, Task<bool>>? answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
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

    /// <summary>Starts a router.</summary>
    /// <param name="answer">May answer a dial itself, with true, instead of opening a channel.</param>
    public static async Task<ScriptedRouter> StartAsync(Func<HttpContext, Task<bool>>? answer = null)
    {
        ScriptedRouter router = new(answer);
        await router.application.StartAsync();
        return router;
    }

    /// <summary>Gives the next channel that an instance dials.</summary>
    public async Task<ScriptedChannel> AcceptAsync() => await channels.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new();
        await now.CancelAsync();
        await application.StopAsync(now.Token);
        await application.DisposeAsync();
    }
}
