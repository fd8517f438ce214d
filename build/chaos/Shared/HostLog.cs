using Microsoft.Extensions.Logging;

namespace GrpcRouter.Chaos;

/// <summary>Sends the product's own lines, and errors of all others, to the runner. Kestrel warns of a slow machine; that says nothing of the router.</summary>
internal sealed class HostLog : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Logger(categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(string category) : ILogger
    {
        private readonly LogLevel least = category.StartsWith("GrpcRouter", StringComparison.Ordinal) ? LogLevel.Information : LogLevel.Error;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                HostConsole.Write(new HostLine(Log: new LogLine((int)logLevel, category, eventId.Name ?? "", $"{formatter(state, exception)} {exception}".TrimEnd())));
            }
        }
    }
}
