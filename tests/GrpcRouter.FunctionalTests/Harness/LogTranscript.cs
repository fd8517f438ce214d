using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.FunctionalTests;

/// <summary>Keeps all that is logged, at every level, by everyone.</summary>
internal sealed class LogTranscript : ILoggerProvider, ILoggerFactory
{
    private readonly ConcurrentQueue<(string Event, string Text)> lines = new();

    /// <summary>The texts of an event, in order.</summary>
    public string[] Texts(string name) => [.. lines.Where(line => line.Event == name).Select(static line => line.Text)];

    public override string ToString() => string.Join('\n', lines.Select(static line => line.Text));

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private sealed class Logger(LogTranscript transcript) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            transcript.lines.Enqueue((eventId.Name ?? "", $"{formatter(state, exception)} {exception}"));
    }
}
