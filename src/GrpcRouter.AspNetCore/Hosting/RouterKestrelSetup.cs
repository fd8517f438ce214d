using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GrpcRouter;

/// <summary>Sets Kestrel up for a router. What the application sets itself stands.</summary>
internal sealed class RouterKestrelSetup(Http2Watch watch, IServiceProvider services) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        // Without TLS there is no negotiation, and Kestrel would take HTTP/1.1 for granted.
        options.ConfigureEndpointDefaults(endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http2;
            watch.Attach(endpoint);
        });

        // Asked for when an endpoint is made: options that cannot work are said by the host before.
        options.ConfigureHttpsDefaults(https => services.GetRequiredService<RouterTls>().Configure(https));

        options.AddServerHeader = false;

        // A stream may rest for hours, in either direction; Kestrel would reset the whole connection for it.
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxRequestBodySize = null;

        // Above the router's own limit, so that metadata over it is answered with a status rather than an HTTP error.
        options.Limits.MaxRequestHeadersTotalSize = 64 * 1024;

        Http2Limits http2 = options.Limits.Http2;

        // Kestrel's 100 would make call 101 of a connection wait in the client without a sign.
        http2.MaxStreamsPerConnection = 10_000;

        // One stuck upload must not use up the connection it shares with other calls, and a registration channel carries many calls.
        http2.InitialStreamWindowSize = 512 * 1024;
        http2.InitialConnectionWindowSize = 16 * 1024 * 1024;
        http2.KeepAlivePingDelay = TimeSpan.FromSeconds(20);
        http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }
}
