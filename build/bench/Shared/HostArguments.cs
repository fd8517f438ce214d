using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GrpcRouter.Bench;

/// <summary>What every host that listens takes: <c>PORT [TLS_PORT CERTIFICATE.pem KEY.pem]</c>.</summary>
internal sealed record HostArguments(int Port, int? TlsPort, X509Certificate2? Certificate)
{
    public const string Usage = "PORT [TLS_PORT CERTIFICATE.pem KEY.pem]";

    public static HostArguments? TryParse(string[] args)
    {
        if (args.Length is not (1 or 4) || !TryPort(args[0], out int port))
        {
            return null;
        }

        if (args.Length == 1)
        {
            return new HostArguments(port, null, null);
        }

        return TryPort(args[1], out int tlsPort) ? new HostArguments(port, tlsPort, X509Certificate2.CreateFromPemFile(args[2], args[3])) : null;
    }

    public void Listen(KestrelServerOptions options, Action<ListenOptions>? configure = null)
    {
        options.Listen(IPAddress.Loopback, Port, listen => configure?.Invoke(listen));
        if (TlsPort is { } tlsPort)
        {
            options.Listen(IPAddress.Loopback, tlsPort, listen =>
            {
                configure?.Invoke(listen);
                listen.UseHttps(Certificate!);
            });
        }
    }

    private static bool TryPort(string text, out int port) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
