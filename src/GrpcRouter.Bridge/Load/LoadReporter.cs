using GrpcRouter.V1;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>
/// Tells the routers how the instance does. A report speaks for the instance and not for the channel it comes on: it counts the calls of all channels, because
/// utilization is the whole process's too. Every channel carries it, so that each router gets it whichever stripes are up.
/// </summary>
internal sealed class LoadReporter(string service, BridgeOptions options, ILogger log) : IDisposable
{
    // Routers forget what they were told after three minutes (gRFC A58), so silence must be shorter, with room for a report that comes late.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly HashSet<RegistrationChannel> channels = [];
    private readonly LoadMeter meter = new(service, options, log);
    private CallCount left;
    private LoadMeasure latest = LoadMeasure.None;
    private LoadMeasure reported = LoadMeasure.None;
    private long reportedAt = options.TimeProvider.GetTimestamp();
    private ServingStatus? health;
    private string reason = "";
    private bool leaving;
    private long version;
    private int measuring;
    private ITimer? timer;

    private bool IsPeriodic => options.LoadReportInterval > TimeSpan.Zero;

    public void Start()
    {
        if (!IsPeriodic)
        {
            return;
        }

        // The first registration is to bring along what the signals say.
        Measure();
        lock (gate)
        {
            reported = latest;
            timer = options.TimeProvider.CreateTimer(static reporter => ((LoadReporter)reporter!).Tick(), this, options.LoadReportInterval, options.LoadReportInterval);
        }
    }

    /// <summary>Gives what a registration brings along; null when there is nothing to tell.</summary>
    /// <param name="told">To be handed to <see cref="Attach"/>.</param>
    public LoadReport? ForHello(out long told)
    {
        lock (gate)
        {
            told = version;
            return IsPeriodic || health is not null || leaving ? Report_NeedsLock() : null;
        }
    }

    /// <summary>The channel is registered: it gets reports from now on, and at once when the health has changed since its hello.</summary>
    public void Attach(RegistrationChannel channel, long told)
    {
        lock (gate)
        {
            channels.Add(channel);
            if (told != version)
            {
                channel.SendReport(Report_NeedsLock());
            }
        }
    }

    public void Detach(RegistrationChannel channel)
    {
        lock (gate)
        {
            if (channels.Remove(channel))
            {
                left += channel.Counter.Take();
            }
        }
    }

    public void SetHealth(ServingStatus status, string why)
    {
        lock (gate)
        {
            if (health == status && reason == why)
            {
                return;
            }

            bool changed = (health ?? ServingStatus.Serving) != status;
            (health, reason) = (status, why);
            version++;
            if (changed)
            {
                BridgeLog.HealthChanged(log, service, status, why);
            }

            Send_NeedsLock();
        }
    }

    /// <summary>The instance is about to leave, whatever its health.</summary>
    public void SetLeaving()
    {
        lock (gate)
        {
            leaving = true;
            version++;
            Send_NeedsLock();
        }
    }

    public void Dispose() => timer?.Dispose();

    private void Tick()
    {
        if (!Measure())
        {
            return;
        }

        lock (gate)
        {
            // Whether the next report would still come in time.
            bool mayWait = options.TimeProvider.GetElapsedTime(reportedAt) + options.LoadReportInterval <= LongestSilence;
            if (!mayWait || !latest.SaysNothingBeside(reported))
            {
                Send_NeedsLock();
            }
        }
    }

    // Signals are the user's code, so no lock is held; one that takes longer than the interval has reports left out.
    private bool Measure()
    {
        if (Interlocked.Exchange(ref measuring, 1) != 0)
        {
            return false;
        }

        try
        {
            CallCount calls;
            lock (gate)
            {
                calls = left;
                left = default;
                foreach (RegistrationChannel channel in channels)
                {
                    calls += channel.Counter.Take();
                }
            }

            LoadMeasure measure = meter.Measure(calls);
            lock (gate)
            {
                latest = measure;
            }

            return true;
        }
        finally
        {
            Volatile.Write(ref measuring, 0);
        }
    }

    private void Send_NeedsLock()
    {
        reported = latest;
        reportedAt = options.TimeProvider.GetTimestamp();
        LoadReport report = Report_NeedsLock();
        foreach (RegistrationChannel channel in channels)
        {
            channel.SendReport(report);
        }
    }

    private LoadReport Report_NeedsLock()
    {
        LoadReport report = new()
        {
            Utilization = latest.Utilization,
            CallsPerSecond = latest.CallsPerSecond,
            ErrorsPerSecond = latest.ErrorsPerSecond,
            Health = leaving ? HealthStatus.Draining : health switch
            {
                ServingStatus.NotServing => HealthStatus.NotServing,
                ServingStatus.Draining => HealthStatus.Draining,
                _ => HealthStatus.Serving,
            },
            HealthReason = leaving ? "The instance is stopping." : reason,
        };
        foreach ((string name, double value) in latest.Named)
        {
            report.Named[name] = value;
        }

        return report;
    }
}
