/// <summary>Waits for what a bridge logs when it is refused.</summary>
sealed class RefusalLog : ILoggerProvider, ILoggerFactory, ILogger
{
    readonly TaskCompletionSource<string> refused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<string> Refused => refused.Task;

    public void Log<TState>(LogLevel level, EventId id, TState state, Exception? error, Func<TState, Exception?, string> format)
    {
        if (id.Name == "Refused")
        {
            refused.TrySetResult(format(state, error));
        }
    }

    public bool IsEnabled(LogLevel level) => level >= LogLevel.Warning;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public ILogger CreateLogger(string category) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
