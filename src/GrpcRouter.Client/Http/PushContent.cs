using System.Net;

namespace GrpcRouter;

/// <summary>A request body that is written from outside while the request is on its way.</summary>
internal sealed class PushContent(CancellationToken stopping) : HttpContent
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _taken;

    /// <summary>The stream that takes the body, as soon as the request is under way.</summary>
    public async Task<Stream> TakeStreamAsync()
    {
        while (true)
        {
            Task<Stream> current;
            lock (_gate)
            {
                current = _stream.Task;
                if (current.IsCompletedSuccessfully)
                {
                    _taken = true;
                    return current.Result;
                }
            }

            await current.WaitAsync(stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the body.</summary>
    public void Complete() => _ended.TrySetResult();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The headers wait in the connection's buffer until something is flushed.
        await UnlessResetAsync(stream.FlushAsync(cancellationToken)).ConfigureAwait(false);
        Offer(stream);
        await UnlessResetAsync(_ended.Task.WaitAsync(cancellationToken)).ConfigureAwait(false);
    }

    // An error from here would hide which one the transport has for a stream that the server has reset.
    private async Task UnlessResetAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    // The transport sends a refused request again; messages that were written to the first stream are gone then.
    private void Offer(Stream stream)
    {
        lock (_gate)
        {
            if (_taken)
            {
                throw new IOException("The request was refused after messages had been written to it.");
            }

            if (!_stream.TrySetResult(stream))
            {
                _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _stream.SetResult(stream);
            }
        }
    }
}
