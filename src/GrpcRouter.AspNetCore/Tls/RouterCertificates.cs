using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>
/// The router's certificate and the authorities of those who connect, as they are now. What is set at the start must be usable then, for a router that nobody can reach is
/// better not started; later what was there stays.
/// </summary>
internal sealed class RouterCertificates : IHostedLifecycleService, IDisposable
{
    private readonly RouterHub hub;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly Lock gate = new();
    private CertificateFeed<KeyedCertificate>? server;
    private CertificateFeed<TrustBundle>? clients;
    private bool disposed;
    private bool tookAny;

    public RouterCertificates(RouterHub hub, ILogger<RouterCertificates> log, TimeProvider? time = null)
    {
        this.hub = hub;
        this.log = log;
        this.time = time ?? TimeProvider.System;
        Follow(hub.Options);
        hub.OptionsChanged += Follow;
    }

    /// <summary>What is set for TLS now.</summary>
    public TlsOptions Options => hub.Options.Tls;

    /// <summary>The router's own; null: it has none, or none yet.</summary>
    public KeyedCertificate? Server => Volatile.Read(ref server)?.Current;

    /// <summary>The authorities of those who connect; null: there are none, or none yet.</summary>
    public TrustBundle? Clients => Volatile.Read(ref clients)?.Current;

    /// <summary>All that is kept up to date.</summary>
    public IReadOnlyList<ICertificateFeed> Feeds => [.. new ICertificateFeed?[] { Volatile.Read(ref server), Volatile.Read(ref clients) }.OfType<ICertificateFeed>()];

    /// <exception cref="CertificateException">A certificate cannot be used.</exception>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.WhenAll(
        server?.GetAsync(cancellationToken).AsTask() ?? Task.CompletedTask,
        clients?.GetAsync(cancellationToken).AsTask() ?? Task.CompletedTask);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            hub.OptionsChanged -= Follow;
            server?.Dispose();
            clients?.Dispose();
        }
    }

    private void Follow(RouterOptions options)
    {
        lock (gate)
        {
            if (!disposed)
            {
                TlsOptions tls = options.Tls;
                bool asksClients = tls.EffectiveClientCertificates != ClientCertificates.None;
                bool takesAny = asksClients && tls.DangerousAcceptAnyClientCertificate;
                if (takesAny && !tookAny)
                {
                    log.AnyClientTaken();
                }

                tookAny = takesAny;
                Follow(ref server, CertificateUse.Server, CertificateSources.Of(tls.Certificate), tls.ReloadInterval);
                Follow(ref clients, CertificateUse.ClientAuthorities, asksClients ? CertificateSources.Of(tls.ClientTrust, tls.Certificate) : null, tls.ReloadInterval);
            }
        }
    }

    // A source that is taken away is not forgotten: what endpoints were told at their start, they rely on.
    private void Follow<T>(ref CertificateFeed<T>? feed, string use, CertificateSource<T>? source, TimeSpan interval)
        where T : CertificateMaterial
    {
        if (source is null)
        {
            return;
        }

        if (feed is { } known)
        {
            known.Follow(source, interval);
            return;
        }

        CertificateFeed<T> made = new(use, source, interval, time, log, hub);
        Volatile.Write(ref feed, made);

        // A router that runs already is not asked for its certificates at a start.
        made.Hint();
    }
}
