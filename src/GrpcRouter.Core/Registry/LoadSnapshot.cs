namespace GrpcRouter;

/// <summary>The last load report of an instance.</summary>
/// <param name="At">When it came: a timestamp of the router's clock.</param>
/// <param name="Since">When the first of the unbroken run of reports came.</param>
/// <param name="Utilization">Share of capacity in use, 0 and more.</param>
/// <param name="CallsPerSecond">Calls that ended a second, at the instance.</param>
/// <param name="ErrorsPerSecond">Those among them that failed.</param>
/// <param name="Named">Signals of the service's own.</param>
public sealed record LoadSnapshot(
    long At, long Since, double Utilization, double CallsPerSecond, double ErrorsPerSecond, IReadOnlyDictionary<string, double> Named);
