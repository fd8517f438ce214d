using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrpcRouter;

/// <summary>One run of the health checks, for all services at once. Each check runs once, whichever services it counts for.</summary>
internal sealed class HealthRound
{
    private const int LongestReason = 512;

    private readonly Dictionary<string, bool[]> counts = new(StringComparer.Ordinal);

    /// <summary>Begins a round.</summary>
    /// <param name="checks">Runs the checks.</param>
    /// <param name="services">Full names of the services.</param>
    /// <param name="counts">Says whether a check counts for a service.</param>
    /// <param name="cancellationToken">Ends the round.</param>
    public HealthRound(
        HealthCheckService checks, IReadOnlyList<string> services, Func<string, HealthCheckRegistration, bool> counts, CancellationToken cancellationToken)
    {
        Done = Task.Run(
            () => checks.CheckHealthAsync(
                registration =>
                {
                    bool[] counting = [.. services.Select(service => counts(service, registration))];
                    this.counts[registration.Name] = counting;
                    return counting.Contains(true);
                },
                cancellationToken),
            cancellationToken);
    }

    /// <summary>Ends with what the checks found.</summary>
    public Task<HealthReport> Done { get; }

    /// <summary>Says what a report means for one service.</summary>
    /// <param name="report">What <see cref="Done"/> ended with.</param>
    /// <param name="service">Its place in the list.</param>
    public (ServingStatus Status, string Reason) Judge(HealthReport report, int service)
    {
        string[] unhealthy =
        [
            .. report.Entries
                .Where(entry => entry.Value.Status == HealthStatus.Unhealthy && counts.TryGetValue(entry.Key, out bool[]? counting) && counting[service])
                .Select(static entry => string.IsNullOrEmpty(entry.Value.Description) ? entry.Key : $"{entry.Key}: {entry.Value.Description}"),
        ];
        if (unhealthy.Length == 0)
        {
            return (ServingStatus.Serving, "");
        }

        string reason = string.Join("; ", unhealthy);
        return (ServingStatus.NotServing, reason.Length > LongestReason ? reason[..LongestReason] : reason);
    }
}
