using Microsoft.Extensions.Logging;

namespace GrpcRouter;

internal static partial class HostingLog
{
    [LoggerMessage(101, LogLevel.Warning, "Running calls get {Left} instead of the DrainGrace of {Grace} when the host stops: its ShutdownTimeout is {Timeout}, and DrainDelay takes {Delay} of it.")]
    public static partial void GraceCut(this ILogger logger, TimeSpan grace, TimeSpan left, TimeSpan timeout, TimeSpan delay);

    [LoggerMessage(102, LogLevel.Warning, "There are options for the service {Service}, but it is not mapped.")]
    public static partial void ServiceNotMapped(this ILogger logger, string service);
}
