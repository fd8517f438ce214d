using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.Core.Tests;

/// <summary>Keeps what is logged at warning and above.</summary>
internal sealed class LogLines : ILogger
{
    private readonly ConcurrentQueue<(string Name, string Text)> lines = new();

    public string[] Of(string name) => [.. lines.Where(line => line.Name == name).Select(static line => line.Text)];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue((eventId.Name ?? "", formatter(state, exception)));
}
