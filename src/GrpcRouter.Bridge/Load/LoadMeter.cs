using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>Takes the measures of an instance: asks the signals and turns counts of calls into rates.</summary>
internal sealed class LoadMeter(string service, BridgeOptions options, ILogger log)
{
    private readonly ProcessorShare processor = new(options.TimeProvider, static () => Environment.CpuUsage.TotalTime, Environment.ProcessorCount);
    private readonly HashSet<string> failing = new(StringComparer.Ordinal);
    private long measuredAt = options.TimeProvider.GetTimestamp();

    /// <summary>Measures. One caller at a time.</summary>
    /// <param name="calls">The calls since the measure before.</param>
    public LoadMeasure Measure(CallCount calls)
    {
        long now = options.TimeProvider.GetTimestamp();
        double seconds = options.TimeProvider.GetElapsedTime(measuredAt, now).TotalSeconds;
        measuredAt = now;
        Dictionary<string, double> named = new(StringComparer.Ordinal);
        foreach ((string name, Func<double> signal) in options.LoadSignals)
        {
            if (TryAsk(name, signal, out double value))
            {
                named[name] = value;
            }
        }

        double utilization = options.Utilization is not { } own ? processor.Next()
            : TryAsk(nameof(options.Utilization), own, out double share) ? Math.Max(0, share) : 0;
        return new LoadMeasure(utilization, named, seconds > 0 ? calls.Ended / seconds : 0, seconds > 0 ? calls.Failed / seconds : 0);
    }

    private bool TryAsk(string name, Func<double> signal, out double value)
    {
        value = 0;
        Exception? failure = null;
        try
        {
            value = signal();
            if (double.IsFinite(value))
            {
                failing.Remove(name);
                return true;
            }
        }
        catch (Exception error)
        {
            failure = error;
        }

        // Once for each time that it begins: a signal that fails does so at every report.
        if (failing.Add(name))
        {
            BridgeLog.LoadSignalFailed(log, service, name, failure?.Message ?? $"it is {value}", failure);
        }

        return false;
    }
}
