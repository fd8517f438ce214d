using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.FunctionalTests;

/// <summary>Keeps warnings and errors of router and bridges; a test declares those it expects by the names of their events.</summary>
internal sealed class LogGuard : ILoggerProvider, ILoggerFactory
{
    private readonly ConcurrentQueue<(string Name, string Text)> entries = new();
    private readonly ConcurrentDictionary<string, byte> expected = new(StringComparer.Ordinal);

    /// <summary>The texts of an event, in order.</summary>
    public string[] Texts(string name) => [.. entries.Where(entry => entry.Name == name).Select(static entry => entry.Text)];

    public void Expect(params string[] names)
    {
        foreach (string name in names)
        {
            expected.TryAdd(name, 0);
        }
    }

    public void Verify()
    {
        string[] surprises = [.. entries.Where(entry => !expected.ContainsKey(entry.Name)).Select(static entry => entry.Text)];
        Assert.True(surprises.Length == 0, $"Unexpected in the log:\n{string.Join('\n', surprises.Take(20))}");
        foreach (string name in expected.Keys)
        {
            Assert.True(entries.Any(entry => entry.Name == name), $"The event {name} was to be logged.");
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private sealed class Logger(LogGuard guard, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        // Kestrel warns of a slow machine; that says nothing of the router.
        public bool IsEnabled(LogLevel logLevel) =>
            logLevel >= LogLevel.Error || (logLevel == LogLevel.Warning && category.StartsWith("GrpcRouter", StringComparison.Ordinal));

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                guard.entries.Enqueue((eventId.Name ?? "", $"{logLevel} {category} {eventId.Name}: {formatter(state, exception)} {exception}"));
            }
        }
    }
}
