using Microsoft.Extensions.Logging;

namespace GrpcRouter;

internal static partial class ReloadLog
{
    [LoggerMessage(121, LogLevel.Information, "The configuration has changed and counts now, as version {Version}, {Hash}: {Paths}")]
    public static partial void ConfigurationChanged(this ILogger logger, long version, string hash, string paths);

    [LoggerMessage(122, LogLevel.Warning, "The configuration has changed in what counts only once the router is started again: {Paths}")]
    public static partial void ConfigurationNeedsRestart(this ILogger logger, string paths);

    [LoggerMessage(123, LogLevel.Error, "The configuration has changed and was refused; the one before still counts. {Errors}")]
    public static partial void ConfigurationRefused(this ILogger logger, string errors);
}
