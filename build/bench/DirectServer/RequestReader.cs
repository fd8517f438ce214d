using Grpc.Core;

namespace GrpcRouter.Bench;

internal sealed class RequestReader<T>(ServerCall call, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    public T Current { get; private set; } = null!;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        T? next = await call.ReadAsync(marshaller.ContextualDeserializer, cancellationToken);
        Current = next!;
        return next is not null;
    }
}
