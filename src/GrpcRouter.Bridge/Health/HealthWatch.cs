using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>Runs the health checks of a host again and again, and tells its bridges what they found.</summary>
internal sealed class HealthWatch(HealthCheckService checks, IReadOnlyList<ServiceBridge> bridges, BridgeOptions options, ILogger log)
{
    private readonly CancellationTokenSource stopping = new();
    private readonly string[] services = [.. bridges.Select(static bridge => bridge.ServiceName)];
    private readonly Func<string, HealthCheckRegistration, bool> counts = options.HealthChecks ?? CountsByTag;
    private Task hanging = Task.CompletedTask;
    private Task running = Task.CompletedTask;

    /// <summary>Time that all checks together have. Checks that take longer are as good as failed.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>What counts when nothing else is said.</summary>
    public static bool CountsByTag(string service, HealthCheckRegistration registration) =>
        registration.Tags.Count == 0 || registration.Tags.Contains(service);

    /// <summary>Begins. Until the first round is over no service is fit for calls.</summary>
    public void Start()
    {
        SetAll("The health checks have not run yet.");
        running = Task.Run(WatchAsync);
    }

    public async Task StopAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
    }

    private async Task WatchAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            await JudgeAsync().ConfigureAwait(false);
            await Task.Delay(options.HealthCheckInterval, options.TimeProvider, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task JudgeAsync()
    {
        // A round that hangs is not joined by another, or they would pile up.
        if (!hanging.IsCompleted)
        {
            return;
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        HealthRound round = new(checks, services, counts, limit.Token);
        try
        {
            HealthReport report = await round.Done.WaitAsync(Patience, options.TimeProvider, stopping.Token).ConfigureAwait(false);
            for (int i = 0; i < services.Length; i++)
            {
                (ServingStatus status, string reason) = round.Judge(report, i);
                bridges[i].SetHealth(status, reason);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The bridges are leaving anyway.
        }
        catch (TimeoutException error)
        {
            hanging = round.Done.ContinueWith(static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await limit.CancelAsync().ConfigureAwait(false);
            Fail($"The health checks took longer than {Patience.TotalSeconds} s.", error);
        }
        catch (Exception error)
        {
            Fail("The health checks could not be run.", error);
        }
    }

    private void Fail(string reason, Exception error)
    {
        BridgeLog.HealthUnknown(log, reason, error);
        SetAll(reason);
    }

    private void SetAll(string reason)
    {
        foreach (ServiceBridge bridge in bridges)
        {
            bridge.SetHealth(ServingStatus.NotServing, reason);
        }
    }
}
