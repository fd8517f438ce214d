using Grpc.Core;

namespace GrpcRouter;

/// <summary>Reads the response of a call that has exactly one message.</summary>
internal static class SingleResponse
{
    public static Task<TResponse> ReadAsync<TResponse>(HttpCall call, Marshaller<TResponse> marshaller)
        where TResponse : class
    {
        var response = ReadCoreAsync(call, marshaller);
        TaskObserver.Observe(response);
        return response;
    }

    private static async Task<TResponse> ReadCoreAsync<TResponse>(HttpCall call, Marshaller<TResponse> marshaller)
        where TResponse : class
    {
        TResponse? response = null;
        if (await call.Messages.ConfigureAwait(false) is { } messages)
        {
            try
            {
                response = await ReadOneAsync(messages, marshaller).ConfigureAwait(false);
                call.FinishFromTrailers(messageMissing: response is null);
            }
            catch (Exception error)
            {
                call.Fail(error);
            }
        }

        var result = await call.Finished.ConfigureAwait(false);
        return result.IsOk ? response! : throw call.CreateException(result);
    }

    private static async ValueTask<TResponse?> ReadOneAsync<TResponse>(MessageReader messages, Marshaller<TResponse> marshaller)
        where TResponse : class
    {
        TResponse response;
        using (var message = await messages.ReadAsync().ConfigureAwait(false))
        {
            if (message is null)
            {
                return null;
            }

            response = message.Deserialize(marshaller);
        }

        using var second = await messages.ReadAsync().ConfigureAwait(false);
        return second is null ? response : throw new RpcException(new(StatusCode.Internal, "The server sent more than one message."));
    }
}
