using GrpcRouter;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Puts TLS of the router on endpoints.</summary>
public static class RouterTlsListenOptionsExtensions
{
    /// <summary>
    /// Makes an endpoint speak TLS as <see cref="RouterOptions.Tls"/> says. It is what <c>UseHttps()</c> does too, unless the application sets https defaults of its own.
    /// </summary>
    /// <param name="listen">The endpoint.</param>
    /// <param name="configure">Changes what is to be different here; null: nothing.</param>
    /// <exception cref="InvalidOperationException">The application has no router, or the router no certificate.</exception>
    public static ListenOptions UseRouterTls(this ListenOptions listen, Action<HttpsConnectionAdapterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(listen);
        RouterTls tls = listen.ApplicationServices.GetService<RouterTls>() ?? throw new InvalidOperationException("There is no router; call AddGrpcRouter.");
        HttpsConnectionAdapterOptions https = new();
        tls.Configure(https);
        configure?.Invoke(https);
        return https.ServerCertificate is not null || https.ServerCertificateSelector is not null
            ? listen.UseHttps(https)
            : throw new InvalidOperationException("The router has no certificate; set GrpcRouter:Tls:Certificate.");
    }
}
