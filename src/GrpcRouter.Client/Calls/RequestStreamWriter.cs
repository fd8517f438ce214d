using Grpc.Core;

namespace GrpcRouter;

/// <summary>The requests of a call, written one by one.</summary>
internal sealed class RequestStreamWriter<T>(HttpCall call, Marshaller<T> marshaller, PushContent content, MessageSerializer serializer, WriteOptions? writeOptions, bool singleResponse)
    : IClientStreamWriter<T>
    where T : class
{
    private int _busy;
    private bool _completed;

    public WriteOptions? WriteOptions { get; set; } = writeOptions;

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        Enter();
        try
        {
            if (_completed)
            {
                throw new InvalidOperationException("The requests are completed; no message can follow.");
            }

            await using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((HttpCall)state!).Cancel(token), call).ConfigureAwait(false);
            await WriteCoreAsync(message).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    public Task CompleteAsync()
    {
        Enter();
        _completed = true;
        content.Complete();
        Volatile.Write(ref _busy, 0);
        return Task.CompletedTask;
    }

    private void Enter()
    {
        if (Interlocked.Exchange(ref _busy, 1) == 1)
        {
            throw new InvalidOperationException("The last write is still in progress.");
        }
    }

    private async ValueTask WriteCoreAsync(T message)
    {
        if (call.Result is { } over)
        {
            throw call.CreateException(over);
        }

        var options = WriteOptions;
        var written = false;
        var frame = serializer.Serialize(marshaller, message, options);
        try
        {
            var stream = await content.TakeStreamAsync().ConfigureAwait(false);
            await stream.WriteAsync(frame, call.Stopping).ConfigureAwait(false);
            written = true;
            if (options?.Flags.HasFlag(WriteFlags.BufferHint) is not true)
            {
                await stream.FlushAsync(call.Stopping).ConfigureAwait(false);
            }

            serializer.Release();
        }
        catch (OperationCanceledException) when (written && call.Result is { IsOk: true })
        {
            // The server answered this very message and ended the call while it was being flushed.
        }
        catch (Exception error)
        {
            throw await ExplainAsync(error).ConfigureAwait(false);
        }
    }

    // The transport closes the stream of a request that the server has reset, so a later write finds it disposed.
    // A single response is read without the caller's help, so its status will come; the status of a stream comes when it has been read.
    private async ValueTask<Exception> ExplainAsync(Exception error)
    {
        if (call.Result is null && !singleResponse)
        {
            return new RpcException(error is OperationCanceledException or ObjectDisposedException
                ? new(StatusCode.Cancelled, "The server takes no more requests; its status follows the responses.", error)
                : TransportFailure.ToStatus(error));
        }

        return call.CreateException(await call.Finished.ConfigureAwait(false));
    }
}
