using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.Testing;

/// <summary>Keeps what is logged, for the test to judge.</summary>
internal sealed class RouterTestLog : ILoggerProvider
{
    private readonly ConcurrentQueue<string> lines = new();
    private volatile bool hasErrors;

    public IReadOnlyList<string> Lines => [.. lines];

    public bool HasErrors => hasErrors;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(RouterTestLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            log.lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)}{(exception is null ? "" : $"{Environment.NewLine}{exception}")}");
            log.hasErrors |= logLevel >= LogLevel.Error;
        }
    }
}
