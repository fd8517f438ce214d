using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>What the bridge logs. Metadata and payloads never appear: they may hold secrets.</summary>
internal static partial class BridgeLog
{
    [LoggerMessage(1, LogLevel.Debug, "Dialing {Router} for {Service}, stripe {Stripe}.")]
    public static partial void Dialing(ILogger logger, string service, RouterTarget router, int stripe);

    [LoggerMessage(2, LogLevel.Information, "Registered {Service} with router {RouterId} at {Router}, stripe {Stripe}.")]
    public static partial void Registered(ILogger logger, string service, RouterTarget router, string routerId, int stripe);

    [LoggerMessage(3, LogLevel.Warning, "The channel of {Service} to {Router}, stripe {Stripe}, ended. Dialing again in {Wait}: {Reason}")]
    public static partial void Lost(ILogger logger, string service, RouterTarget router, int stripe, string reason, TimeSpan wait);

    [LoggerMessage(4, LogLevel.Error, "{Router} refuses {Service}, stripe {Stripe}. Trying again in {Wait}: {Reason}")]
    public static partial void Refused(ILogger logger, string service, RouterTarget router, int stripe, string reason, TimeSpan wait, Exception? error);

    [LoggerMessage(5, LogLevel.Information, "{Router} drains the channel of {Service}, stripe {Stripe}; dialing a new one.")]
    public static partial void RouterDrains(ILogger logger, string service, RouterTarget router, int stripe);

    [LoggerMessage(6, LogLevel.Warning, "The time for running calls of {Service} from {Router} is over; {Count} are ended.")]
    public static partial void CallsCutOff(ILogger logger, string service, RouterTarget router, int count);

    [LoggerMessage(7, LogLevel.Debug, "Leaving {Router} with {Service} was cut short: {Reason}")]
    public static partial void LeaveCutShort(ILogger logger, string service, RouterTarget router, string reason);

    [LoggerMessage(8, LogLevel.Error, "The handler of {Method} failed.")]
    public static partial void HandlerFailed(ILogger logger, string method, Exception error);

    [LoggerMessage(9, LogLevel.Debug, "The handler of {Method} failed after its call had ended: {Outcome}")]
    public static partial void HandlerFailedAfterEnd(ILogger logger, string method, string outcome, Exception error);

    [LoggerMessage(10, LogLevel.Debug, "The call of {Method} ends with {Code}.")]
    public static partial void HandlerStatus(ILogger logger, string method, StatusCode code, Exception error);

    [LoggerMessage(11, LogLevel.Error, "Disposing what a call of {Method} used failed.")]
    public static partial void ScopeDisposeFailed(ILogger logger, string method, Exception error);

    [LoggerMessage(12, LogLevel.Error, "A callback on the cancellation token of a call of {Method} failed.")]
    public static partial void CancelCallbackFailed(ILogger logger, string method, Exception error);

    [LoggerMessage(13, LogLevel.Error, "A callback on the drain token of a call of {Service} failed.")]
    public static partial void DrainCallbackFailed(ILogger logger, string service, Exception error);

    [LoggerMessage(14, LogLevel.Warning, "The load signal {Signal} of {Service} gives nothing to report: {Problem}")]
    public static partial void LoadSignalFailed(ILogger logger, string service, string signal, string problem, Exception? error);

    [LoggerMessage(15, LogLevel.Information, "{Service} is {Status} from now on. {Reason}")]
    public static partial void HealthChanged(ILogger logger, string service, ServingStatus status, string reason);

    [LoggerMessage(16, LogLevel.Warning, "No news of routers for {Service} from {Source}, so those that are known stay. Asking again in {Wait}: {Reason}")]
    public static partial void RoutersUnknown(ILogger logger, string service, string source, string reason, TimeSpan wait, Exception? error);

    [LoggerMessage(17, LogLevel.Information, "{Router} is no longer among the routers of {Service}; leaving it.")]
    public static partial void RouterGone(ILogger logger, string service, RouterTarget router);

    [LoggerMessage(18, LogLevel.Warning, "The channel of {Service} to {Router}, stripe {Stripe}, could not be renewed and goes on. Trying again in {Wait}: {Reason}")]
    public static partial void RenewalFailed(ILogger logger, string service, RouterTarget router, int stripe, string reason, TimeSpan wait, Exception? error);

    [LoggerMessage(20, LogLevel.Warning, "DangerousAcceptAnyServerCertificate is on: {Router} may be anyone, and read, change and answer what {Service} is called for. Never use this outside of tests.")]
    public static partial void AnyRouterTaken(ILogger logger, RouterTarget router, string service);

    [LoggerMessage(19, LogLevel.Error, "No service takes calls, unless it is the last: {Reason}")]
    public static partial void HealthUnknown(ILogger logger, string reason, Exception error);
}
