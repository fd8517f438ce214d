using System.Diagnostics.Metrics;

namespace GrpcRouter;

/// <summary>Counts entries of audit logs.</summary>
internal static class AuditMetrics
{
    public static readonly Counter<long> Written = RouterMeter.Meter.CreateCounter<long>("grpcrouter.audit.entries", "{entry}", "Entries written to the audit log.");

    public static readonly Counter<long> Lost = RouterMeter.Meter.CreateCounter<long>("grpcrouter.audit.lost", "{entry}", "Entries that the audit log lost, because too many were waiting.");
}
