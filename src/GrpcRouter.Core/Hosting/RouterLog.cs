using GrpcRouter.V1;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

internal static partial class RouterLog
{
    [LoggerMessage(1, LogLevel.Information, "{Service}: instance {InstanceId}, stripe {Stripe}, registered from {Peer} ({UserAgent}).")]
    public static partial void ChannelRegistered(this ILogger logger, string service, string instanceId, uint stripe, string peer, string userAgent);

    [LoggerMessage(2, LogLevel.Warning, "{Service}: the registration from {Peer} was refused: {Reason}")]
    public static partial void RegistrationRefused(this ILogger logger, string service, string peer, string reason);

    [LoggerMessage(3, LogLevel.Information, "{Service}: instance {InstanceId} at {Peer} is draining: {Reason}")]
    public static partial void ChannelDraining(this ILogger logger, string service, string instanceId, string peer, string reason);

    [LoggerMessage(4, LogLevel.Warning, "{Service}: the channel of instance {InstanceId} at {Peer} broke the protocol and ends: {Violation}")]
    public static partial void ChannelViolation(this ILogger logger, string service, string instanceId, string peer, string violation);

    [LoggerMessage(5, LogLevel.Information, "{Service}: the channel of instance {InstanceId} at {Peer} was lost: {Reason}")]
    public static partial void ChannelLost(this ILogger logger, string service, string instanceId, string peer, string reason);

    [LoggerMessage(6, LogLevel.Information, "{Service}: the channel of instance {InstanceId} at {Peer} is closed. {Reason}")]
    public static partial void ChannelClosed(this ILogger logger, string service, string instanceId, string peer, string reason);

    [LoggerMessage(7, LogLevel.Warning, "{Service}: instance {InstanceId} at {Peer} ended its channel with {Code}: {Message}")]
    public static partial void ChannelErrorReported(this ILogger logger, string service, string instanceId, string peer, ChannelErrorCode code, string message);

    [LoggerMessage(8, LogLevel.Debug, "{Service}: last frames to instance {InstanceId} at {Peer} did not leave: {Reason}")]
    public static partial void ChannelUnflushed(this ILogger logger, string service, string instanceId, string peer, string reason);

    [LoggerMessage(9, LogLevel.Error, "{Service}/{Method}: the router failed on a call.")]
    public static partial void CallBroken(this ILogger logger, string service, string method, Exception error);

    [LoggerMessage(10, LogLevel.Information, "{Service}: instance {InstanceId} says that it is {Health}. {Reason}")]
    public static partial void HealthChanged(this ILogger logger, string service, string instanceId, InstanceHealth health, string reason);

    [LoggerMessage(11, LogLevel.Debug, "{Service}: the channel of instance {InstanceId}, stripe {Stripe}, at {Peer} has reached its age; it can be renewed: {CanRenew}.")]
    public static partial void ChannelAged(this ILogger logger, string service, string instanceId, uint stripe, string peer, bool canRenew);

    [LoggerMessage(14, LogLevel.Warning, "{Service}: {Calls} calls were still under way when the time to drain was over, and end now.")]
    public static partial void CallsCut(this ILogger logger, string service, int calls);

    [LoggerMessage(12, LogLevel.Warning, "{Service}: instance {InstanceId} is ejected. {Reason}")]
    public static partial void InstanceEjected(this ILogger logger, string service, string instanceId, string reason);

    [LoggerMessage(20, LogLevel.Debug, "{Service}: a registration from {Peer} was turned away: {Reason}")]
    public static partial void RegistrationShed(this ILogger logger, string service, string peer, string reason);

    [LoggerMessage(21, LogLevel.Error, "{Problem}")]
    public static partial void RegistrationKeyUnusable(this ILogger logger, string problem);

    [LoggerMessage(22, LogLevel.Error, "{Service}: the application could not decide on the registration of instance {InstanceId} from {Peer}.")]
    public static partial void RegistrationUndecided(this ILogger logger, string service, string instanceId, string peer, Exception error);

    [LoggerMessage(23, LogLevel.Information, "{Service}: the credential of instance {InstanceId} at {Peer}, {Identity}, expires at {Expires}; it is asked to register anew.")]
    public static partial void CredentialExpires(this ILogger logger, string service, string instanceId, string peer, string identity, DateTimeOffset expires);

    [LoggerMessage(24, LogLevel.Warning, "{Service}: instance {InstanceId} at {Peer}, {Identity}, may not stay and takes no more calls: {Reason}")]
    public static partial void RegistrationEnds(this ILogger logger, string service, string instanceId, string peer, string identity, string reason);

    [LoggerMessage(13, LogLevel.Information, "{Service}: the ejection of instance {InstanceId} is over.")]
    public static partial void InstanceReturned(this ILogger logger, string service, string instanceId);

    [LoggerMessage(40, LogLevel.Error, "A rate limiter of the application's failed, and the call was refused.")]
    public static partial void LimiterFailed(this ILogger logger, Exception error);

    [LoggerMessage(41, LogLevel.Warning, "{Count} connections were closed at once, the last from {Peer}: {Reason}.")]
    public static partial void ConnectionsRefused(this ILogger logger, long count, string peer, string reason);

    [LoggerMessage(42, LogLevel.Warning, "{Count} calls were refused for their peer, the last from {Peer}: {Reason}")]
    public static partial void CallsRefused(this ILogger logger, long count, string peer, string reason);

    [LoggerMessage(43, LogLevel.Warning, "{Count} registrations were refused for their peer, the last from {Peer} for {Service}: {Reason}")]
    public static partial void ChannelsRefused(this ILogger logger, long count, string peer, string service, string reason);

    [LoggerMessage(29, LogLevel.Error, "A part of the router could not take the changed configuration, and goes on with what it had.")]
    public static partial void OptionsNotTaken(this ILogger logger, Exception error);
}
