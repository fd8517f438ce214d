using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcRouter;

/// <summary>
/// Counts and names clients whose HTTP/2 the server itself put an end to. It says so in its log alone, by the id of the connection; whose connection that is, is known to whoever
/// saw it begin.
/// </summary>
internal sealed class Http2Watch : ILoggerProvider
{
    /// <summary>The categories of the server's log that are read.</summary>
    public static readonly string[] Categories = ["Microsoft.AspNetCore.Server.Kestrel.Http2", "Microsoft.AspNetCore.Server.Kestrel.BadRequests"];

    private readonly ConcurrentDictionary<string, EndPoint?> peers = new(StringComparer.Ordinal);
    private AbuseWatch? abuse;

    /// <summary>Sees the connections of an endpoint.</summary>
    public void Attach(ListenOptions endpoint)
    {
        abuse ??= endpoint.ApplicationServices.GetRequiredService<RouterHub>().Abuse;
        endpoint.Use(next => connection => RunAsync(next, connection));
    }

    public ILogger CreateLogger(string categoryName) => Categories.Contains(categoryName, StringComparer.Ordinal) ? new Reader(this) : NullLogger.Instance;

    public void Dispose()
    {
    }

    private async Task RunAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        peers[connection.ConnectionId] = connection.RemoteEndPoint;
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            peers.TryRemove(connection.ConnectionId, out _);
        }
    }

    private void Report(string connection, string what) => abuse?.ReportRefusal(
        AbuseKinds.Http2, PeerName.Of(peers.GetValueOrDefault(connection)) ?? $"Connection {connection}", what);

    private sealed class Reader(Http2Watch watch) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (What(eventId.Name) is { } what && state is IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                string connection = values.FirstOrDefault(static value => value.Key == "ConnectionId").Value as string ?? "";
                watch.Report(connection, exception is null ? what : $"{what} {exception.Message}");
            }
        }

        private static string? What(string? name) => name switch
        {
            "Http2ConnectionError" or "HPackDecodingError" => "The server closed its connection for an error.",
            "ConnectionBadRequest" => "The server closed its connection.",
            "Http2TooManyEnhanceYourCalms" => "The server closed its connection: it did not calm down.",
            "Http2QueueOperationsExceeded" or "Http2FlowControlQueueOperationsExceeded" => "The server closed its connection: it made more work than it took answers.",
            _ => null,
        };
    }
}
