using Grpc.Core;

namespace GrpcRouter;

/// <summary>The request messages as the handler reads them.</summary>
internal sealed class RequestStream<T>(InboundCall call, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private int busy;
    private bool ended;
    private T? current;

    public T Current => current ?? throw new InvalidOperationException("There is no current message: MoveNext has not returned true.");

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<bool>(cancellationToken);
        }

        if (Interlocked.Exchange(ref busy, 1) != 0)
        {
            return Task.FromException<bool>(new InvalidOperationException("Another MoveNext is under way."));
        }

        return MoveNextAsync(cancellationToken);
    }

    private async Task<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        try
        {
            current = null;
            if (ended)
            {
                return false;
            }

            if (!await call.Requests!.WaitAsync(cancellationToken))
            {
                ended = true;
                return false;
            }

            current = call.ReadMessage(marshaller);
            return true;
        }
        finally
        {
            Volatile.Write(ref busy, 0);
        }
    }
}
