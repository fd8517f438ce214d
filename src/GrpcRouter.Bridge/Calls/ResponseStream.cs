using Grpc.Core;

namespace GrpcRouter;

/// <summary>The response messages as the handler writes them. A write completes when the channel has the message.</summary>
internal sealed class ResponseStream<T>(InboundCall call, Marshaller<T> marshaller) : IServerStreamWriter<T>
    where T : class
{
    private Task pending = Task.CompletedTask;
    private int busy;
    private bool completed;

    public WriteOptions? WriteOptions
    {
        get => call.Context.WriteOptions;
        set => call.Context.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (message is null)
        {
            return Task.FromException(new ArgumentNullException(nameof(message)));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        if (Interlocked.Exchange(ref busy, 1) != 0)
        {
            return Task.FromException(new InvalidOperationException("Another write is under way; a call writes one message at a time."));
        }

        return pending = WriteOneAsync(message, cancellationToken);
    }

    /// <summary>Ends the call once the handler has returned; a write it did not await is let finish first.</summary>
    public async ValueTask CompleteAsync()
    {
        while (Interlocked.Exchange(ref busy, 1) != 0)
        {
            await pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        completed = true;
        Volatile.Write(ref busy, 0);
        call.Complete();
    }

    private async Task WriteOneAsync(T message, CancellationToken cancellationToken)
    {
        try
        {
            if (completed)
            {
                throw new InvalidOperationException("The message cannot be written: the call is complete.");
            }

            await call.WriteMessageAsync(marshaller, message, WriteOptions, last: false, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref busy, 0);
        }
    }
}
