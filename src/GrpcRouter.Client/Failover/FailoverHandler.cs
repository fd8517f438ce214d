using System.Runtime.ExceptionServices;

namespace GrpcRouter;

/// <summary>
/// Sends calls to one of several routers until that cannot be reached or turns a call away unseen; then to the next, round and round. The channel above it believes that there is one.
/// </summary>
internal sealed class FailoverHandler(IReadOnlyList<Uri> routers, HttpMessageInvoker http, ReadyWaits waits) : HttpMessageHandler
{
    // Where the channel leaves word of CallOptions.IsWaitForReady.
    private static readonly HttpRequestOptionsKey<bool> WaitForReady = new("WaitForReady");

    private int current;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (int round = 0; ; round++)
        {
            (HttpResponseMessage? response, ExceptionDispatchInfo? unreachable) = await SendToAnyAsync(request, cancellationToken).ConfigureAwait(false);
            if (response is not null)
            {
                return response;
            }

            if (!request.Options.TryGetValue(WaitForReady, out bool waitForReady) || !waitForReady)
            {
                unreachable!.Throw();
            }

            await Task.Delay(waits.Next(round), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            http.Dispose();
        }

        base.Dispose(disposing);
    }

    private static void Direct(HttpRequestMessage request, Uri router)
    {
        Uri uri = request.RequestUri!;
        if (uri.Port != router.Port || uri.Host != router.Host)
        {
            request.RequestUri = new Uri(router, uri.PathAndQuery);
        }
    }

    // An answer, if only of a router that turned the call away; or why none could be reached.
    private async Task<(HttpResponseMessage? Response, ExceptionDispatchInfo? Unreachable)> SendToAnyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage? refusal = null;
        ExceptionDispatchInfo? unreachable = null;
        for (int tried = 0; tried < routers.Count; tried++)
        {
            int index = Volatile.Read(ref current);
            Direct(request, routers[index]);
            try
            {
                HttpResponseMessage response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
                refusal?.Dispose();
                if (!Unseen.IsTurnedAway(response))
                {
                    return (response, null);
                }

                refusal = response;
                GoOn(index);
                if (!Unseen.IsRepeatable(request))
                {
                    break;
                }
            }
            catch (Exception error) when (Unseen.IsUnsent(error, cancellationToken))
            {
                unreachable = ExceptionDispatchInfo.Capture(error);
                GoOn(index);
            }
            catch (Exception error) when (Unseen.IsLeftOut(error))
            {
                // Under its own type the channel would show it as INTERNAL.
                unreachable = ExceptionDispatchInfo.Capture(new HttpRequestException(error.Message, new IOException(error.Message)));
                GoOn(index);
                if (!Unseen.IsRepeatable(request))
                {
                    unreachable.Throw();
                }
            }
        }

        return (refusal, unreachable);
    }

    private void GoOn(int from) => Interlocked.CompareExchange(ref current, (from + 1) % routers.Count, from);
}
