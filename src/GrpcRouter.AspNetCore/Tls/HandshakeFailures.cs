using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>Logs and counts handshakes that failed. Whoever can reach a port can make them fail, so lines are bounded.</summary>
internal sealed class HandshakeFailures
{
    // Enough to see who it is; each line names a peer.
    private const int Lines = 20;

    private static readonly Counter<long> Failures = RouterMeter.Meter.CreateCounter<long>(
        "grpcrouter.tls.handshake_failures", "{handshake}", "TLS handshakes that failed on the router's endpoints.");

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly IServiceProvider services;
    private readonly TimeProvider time;
    private ILogger? log;
    private long begun;
    private int said;
    private int unsaid;

    // The logger is asked for late: this is part of what loggers are made of.
    public HandshakeFailures(IServiceProvider services, TimeProvider? time = null)
    {
        this.services = services;
        this.time = time ?? TimeProvider.System;
        begun = this.time.GetTimestamp();
    }

    private ILogger Log => LazyInitializer.EnsureInitialized(ref log, () => services.GetRequiredService<ILoggerFactory>().CreateLogger("GrpcRouter.Tls"));

    /// <summary>A peer has hung up: load balancers that look whether a port is open do so all day.</summary>
    public void AddHangUp(string peer, string reason)
    {
        Failures.Add(1);
        Log.HandshakeGivenUp(peer, reason);
    }

    public void Add(string peer, string reason)
    {
        Failures.Add(1);
        int skipped;
        lock (gate)
        {
            if (time.GetElapsedTime(begun) > Period)
            {
                begun = time.GetTimestamp();
                said = 0;
            }

            if (++said > Lines)
            {
                unsaid++;
                return;
            }

            skipped = unsaid;
            unsaid = 0;
        }

        if (skipped == 0)
        {
            Log.HandshakeFailed(peer, reason);
        }
        else
        {
            Log.HandshakesFailed(peer, reason, skipped);
        }
    }
}
