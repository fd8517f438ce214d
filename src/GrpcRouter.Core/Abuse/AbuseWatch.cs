using System.Diagnostics.Metrics;
using GrpcRouter.Protocol;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>Counts what peers are caught at, and names them in the log.</summary>
public sealed class AbuseWatch
{
    // A flood of offences must not become a flood of lines.
    private const double LinesBurst = 100;
    private const double LinesPerSecond = 5;

    private static readonly Counter<long> Offences = RouterMeter.Meter.CreateCounter<long>(
        "grpcrouter.abuse", "{offence}", "Offences of peers that the router put an end to, by kind.");

    private readonly ILogger log;
    private readonly TimeProvider time;
    private readonly TokenBucket cuts;
    private readonly TokenBucket refusals;
    private long unwritten;

    internal AbuseWatch(ILogger log, TimeProvider time)
    {
        this.log = log;
        this.time = time;
        cuts = new TokenBucket(LinesBurst, LinesPerSecond, time.TimestampFrequency);
        refusals = new TokenBucket(LinesBurst, LinesPerSecond, time.TimestampFrequency);
    }

    /// <summary>A peer is cut off: counts it, and writes a warning that names it unless there were too many such lines of late.</summary>
    /// <param name="kind">One of <see cref="AbuseKinds"/>.</param>
    /// <param name="peer">The peer's address, and what else names it.</param>
    /// <param name="what">What it did and what came of it, without anything that it said.</param>
    public void ReportCut(string kind, string peer, string what) => Report(cuts, LogLevel.Warning, kind, peer, what);

    /// <summary>A single call or connection is ended, which may be an honest mistake: as <see cref="ReportCut"/>, for information.</summary>
    /// <param name="kind">One of <see cref="AbuseKinds"/>.</param>
    /// <param name="peer">The peer's address, and what else names it.</param>
    /// <param name="what">What it did and what came of it, without anything that it said.</param>
    public void ReportRefusal(string kind, string peer, string what) => Report(refusals, LogLevel.Information, kind, peer, what);

    /// <summary>Counts an offence that the log has a line for already.</summary>
    internal static void Count(string kind) => Offences.Add(1, new KeyValuePair<string, object?>("kind", kind));

    // Refusals, of which one peer may cause many, take no lines from what was done about it.
    private void Report(TokenBucket lines, LogLevel level, string kind, string peer, string what)
    {
        Count(kind);
        bool write;
        lock (lines)
        {
            write = lines.TryTake(time.GetTimestamp());
        }

        if (!write)
        {
            Interlocked.Increment(ref unwritten);
            return;
        }

        long left = Interlocked.Exchange(ref unwritten, 0);

        log.Abuse(level, kind, peer, what);
        if (left > 0)
        {
            log.AbuseUnwritten(left);
        }
    }
}
