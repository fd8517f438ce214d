using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using Grpc.Core;

namespace GrpcRouter.Tests;

/// <summary>
/// Tells which status the router sent for a call. The client library puts INTERNAL in its place when the call ends inside a message, as it does when an instance is lost
/// there.
/// </summary>
/// <param name="key">The header by which calls name themselves; those without it are not watched.</param>
internal sealed class SentStatuses(string key)
{
    private readonly string key = key;
    private readonly ConcurrentDictionary<string, HttpResponseMessage> responses = new(StringComparer.Ordinal);

    /// <summary>A client's handler that is watched.</summary>
    public HttpMessageHandler CreateHandler() => new Watch(this);

    /// <summary>The status of a failed call as it was sent, where the library has one of its own for a call that ended inside a message.</summary>
    public StatusCode Of(Metadata call, RpcException error) =>
        error is { StatusCode: StatusCode.Internal, Status.DebugException: InvalidDataException }
        && responses.TryGetValue(call.GetValue(key)!, out HttpResponseMessage? response)
        && Sent(response) is { } sent
            ? sent
            : error.StatusCode;

    /// <summary>Forgets a call that is over.</summary>
    public void Forget(Metadata call) => responses.TryRemove(call.GetValue(key)!, out _);

    private static StatusCode? Sent(HttpResponseMessage response) =>
        ((HttpHeaders)response.TrailingHeaders).TryGetValues("grpc-status", out IEnumerable<string>? status)
            ? (StatusCode)int.Parse(status.Single(), CultureInfo.InvariantCulture)
            : null;

    private sealed class Watch(SentStatuses statuses) : DelegatingHandler(new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = true })
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            if (request.Headers.TryGetValues(statuses.key, out IEnumerable<string>? call))
            {
                statuses.responses[call.Single()] = response;
            }

            return response;
        }
    }
}
