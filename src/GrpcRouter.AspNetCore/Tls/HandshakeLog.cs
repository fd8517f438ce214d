using Microsoft.Extensions.Logging;

namespace GrpcRouter;

/// <summary>
/// Says which peer a handshake failed with, and why. Kestrel says neither above the level of debugging, and tells the reason to its log alone; so this listens to that.
/// </summary>
internal sealed class HandshakeLog(HandshakeFailures failures) : ILoggerProvider
{
    /// <summary>The category that Kestrel tells of handshakes in.</summary>
    public const string Category = "Microsoft.AspNetCore.Server.Kestrel.Https.Internal.HttpsConnectionMiddleware";

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName == Category ? failures : null);

    public void Dispose()
    {
    }

    private sealed class Logger(HandshakeFailures? failures) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => failures is not null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (failures is not null && Handshake.Current is { } handshake)
            {
                switch (eventId.Name)
                {
                    case "AuthenticationFailed" when exception is IOException && handshake.Refusal is null:
                        Handshake.Current = null;
                        failures.AddHangUp(handshake.Peer, HandshakeFault.Describe(exception));
                        break;
                    case "AuthenticationFailed" or "AuthenticationTimedOut":
                        Handshake.Current = null;
                        failures.Add(handshake.Peer, handshake.Refusal ?? HandshakeFault.Describe(exception));
                        break;
                    case "HttpsConnectionEstablished":
                        Handshake.Current = null;
                        if (handshake.LacksHttp2)
                        {
                            failures.Add(handshake.Peer, "it did not offer HTTP/2 (ALPN h2), which gRPC needs.");
                        }

                        break;
                }
            }
        }
    }
}
