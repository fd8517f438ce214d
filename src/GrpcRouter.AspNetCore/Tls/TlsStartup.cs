using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>Once the server listens, says where it does so in a way that is probably not meant.</summary>
internal sealed class TlsStartup(RouterHub hub, RouterTls tls, IServer server, ILogger<RouterTls> log) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        List<string> addresses = [.. server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []];
        List<string> open = [.. addresses.Where(static address => !IsHttps(address) && !IsLocal(address))];
        if (open.Count > 0 && !hub.Options.Tls.CleartextIsMeant)
        {
            log.Cleartext(string.Join(", ", open));
        }

        if (tls is { IsSet: true, Endpoints: 0 } && addresses.Count > 0)
        {
            log.NotApplied(string.Join(", ", addresses));
        }

        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsHttps(string address) => address.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Only this machine reaches it: loopback, a Unix socket or a named pipe. Names that are no addresses, such as <c>*</c>, mean all interfaces.</summary>
    internal static bool IsLocal(string address)
    {
        if (address.StartsWith("http://unix:", StringComparison.OrdinalIgnoreCase) || address.StartsWith("http://pipe:", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)
            && (uri.IsLoopback || (IPAddress.TryParse(uri.DnsSafeHost, out IPAddress? ip) && IPAddress.IsLoopback(ip)));
    }
}
