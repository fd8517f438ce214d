using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrpcRouter.FunctionalTests;

public sealed class RequestLogTests
{
    private const string Host = "Microsoft.AspNetCore.Hosting.Diagnostics";
    private const string Routing = "Microsoft.AspNetCore.Routing.EndpointMiddleware";

    [Theory]
    [InlineData(Host)]
    [InlineData(Routing)]
    public void A_router_writes_no_log_lines_for_each_request(string category) => Assert.False(IsEnabled(category, static _ => { }));

    [Theory]
    [InlineData(Host)]
    [InlineData(Routing)]
    public void A_rule_of_the_applications_turns_them_on(string category) =>
        Assert.True(IsEnabled(category, logging => logging.AddFilter(category, LogLevel.Information)));

    private static bool IsEnabled(string category, Action<ILoggingBuilder> configure)
    {
        ServiceCollection services = new();
        services.AddLogging(logging => configure(logging.AddProvider(new Sink())));
        services.AddGrpcRouter();
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.True(provider.GetRequiredService<ILoggerFactory>().CreateLogger("Another").IsEnabled(LogLevel.Critical));
        return provider.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(LogLevel.Critical);
    }

    private sealed class Sink : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}
