using Microsoft.Extensions.Logging;

namespace GrpcRouter;

internal static partial class AbuseLog
{
    [LoggerMessage(EventId = 201, Message = "{Peer} was stopped ({Kind}): {Offence}")]
    public static partial void Abuse(this ILogger logger, LogLevel level, string kind, string peer, string offence);

    [LoggerMessage(202, LogLevel.Warning, "{Count} offences of peers before this one are in no line of their own.")]
    public static partial void AbuseUnwritten(this ILogger logger, long count);
}
