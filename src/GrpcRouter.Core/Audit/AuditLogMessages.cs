using Microsoft.Extensions.Logging;

namespace GrpcRouter;

internal static partial class AuditLogMessages
{
    [LoggerMessage(221, LogLevel.Information, "The audit log {Path} stands at entry {Sequence}, {Hash}.")]
    public static partial void AuditStands(this ILogger logger, string path, long sequence, string hash);

    [LoggerMessage(222, LogLevel.Error, "The audit log {Path} cannot be written; its entries wait. {Reason}")]
    public static partial void AuditFails(this ILogger logger, string path, string reason);

    [LoggerMessage(223, LogLevel.Warning, "The audit log {Path} is written again.")]
    public static partial void AuditWorks(this ILogger logger, string path);

    [LoggerMessage(224, LogLevel.Error, "The audit log {Path} loses entries: {Limit} wait to be written, and no more may.")]
    public static partial void AuditLoses(this ILogger logger, string path, int limit);

    [LoggerMessage(225, LogLevel.Error, "The audit log {Path} is not as it was left. {Reason}")]
    public static partial void AuditTampered(this ILogger logger, string path, string reason);

    [LoggerMessage(226, LogLevel.Warning, "The audit log {Path} ended with an unfinished line of {Bytes} bytes, as a crash leaves it; it goes on without.")]
    public static partial void AuditTorn(this ILogger logger, string path, int bytes);

    [LoggerMessage(227, LogLevel.Warning, "The audit log {Path} has reached its size and cannot be set aside; it grows on. {Reason}")]
    public static partial void AuditNotRotated(this ILogger logger, string path, string reason);

    [LoggerMessage(228, LogLevel.Error, "The audit log {Path} ended without its last {Count} entries, which could not be written.")]
    public static partial void AuditUnfinished(this ILogger logger, string path, int count);
}
