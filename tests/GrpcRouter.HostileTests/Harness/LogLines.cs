using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.HostileTests;

/// <summary>What the router logs with the level that hosts log with unless told otherwise.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<string> lines = new();

    public IReadOnlyCollection<string> All => lines;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(LogLines log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            logLevel >= LogLevel.Error || (logLevel >= LogLevel.Information && category.StartsWith("GrpcRouter", StringComparison.Ordinal));

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
            }
        }
    }
}
