using Grpc.Core;

namespace GrpcRouter;

/// <summary>The responses of a call, read one by one.</summary>
internal sealed class ResponseStreamReader<T>(HttpCall call, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private T? _current;
    private int _busy;

    public T Current => _current ?? throw new InvalidOperationException("There is no current message; call MoveNext first and heed its result.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _busy, 1) == 1)
        {
            throw new InvalidOperationException("The last read is still in progress.");
        }

        try
        {
            await using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((HttpCall)state!).Cancel(token), call).ConfigureAwait(false);
            _current = await ReadAsync().ConfigureAwait(false);
            return _current is not null;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private async ValueTask<T?> ReadAsync()
    {
        if (await call.Messages.ConfigureAwait(false) is { } messages && call.Result is null)
        {
            try
            {
                using var message = await messages.ReadAsync().ConfigureAwait(false);
                if (message is not null)
                {
                    return message.Deserialize(marshaller);
                }

                call.FinishFromTrailers(messageMissing: false);
            }
            catch (Exception error)
            {
                call.Fail(error);
            }
        }

        var result = await call.Finished.ConfigureAwait(false);
        return result.IsOk ? null : throw call.CreateException(result);
    }
}
