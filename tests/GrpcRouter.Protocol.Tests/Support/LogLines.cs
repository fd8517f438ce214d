using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.Protocol.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogLines : ILogger
{
    private readonly ConcurrentQueue<(string Name, LogLevel Level, string Text)> lines = new();

    public IReadOnlyList<string> All => [.. lines.Select(static line => line.Text)];

    public IReadOnlyList<string> Of(string name) => [.. lines.Where(line => line.Name == name).Select(static line => line.Text)];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue((eventId.Name ?? "", logLevel, $"{formatter(state, exception)} {exception}"));
}
